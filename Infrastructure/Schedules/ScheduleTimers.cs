using System.Globalization;
using Contracts.Common;
using Contracts.Live;
using Contracts.Messaging;
using Contracts.Schedules;
using Contracts.Storage;
using Contracts.Timers;
using Microsoft.Extensions.Logging;

namespace Infrastructure.Schedules;

/// <summary>Makes runs into timers, and withdraws them, through the timers' port. Whatever is done again has the same effect.</summary>
/// <param name="store">The schedules.</param>
/// <param name="timers">Where the runs' timers are.</param>
/// <param name="sealer">Decrypts a schedule's credentials, and encrypts them for each timer.</param>
/// <param name="planner">What a schedule becomes.</param>
/// <param name="clock">The store's time.</param>
/// <param name="live">Told of timers that come and go.</param>
/// <param name="logger">Told of credentials that cannot be decrypted.</param>
public sealed partial class ScheduleTimers(
    IScheduleStore store, ITimerStore timers, ITimerSealer sealer, SchedulePlanner planner, IStoreClock clock, ILiveNotices live,
    ILogger<ScheduleTimers> logger)
{
    /// <summary>The header that names a run's schedule.</summary>
    public const string NameHeader = "timer-schedule";

    /// <summary>The header with the instant that the schedule names, RFC 3339.</summary>
    public const string ScheduledForHeader = "timer-scheduled-for";

    /// <summary>The header with the run's number, from 1.</summary>
    public const string OccurrenceHeader = "timer-occurrence";

    private const int MaxRows = 1_000;

    /// <summary>When a schedule whose credentials cannot be decrypted is looked at again: until then it holds up no other.</summary>
    private static readonly TimeSpan Undecrypted = TimeSpan.FromMinutes(1);

    /// <summary>A timer that is stored only to be cancelled is never due.</summary>
    private static readonly TimeSpan Never = TimeSpan.FromDays(3_650);

    /// <summary>Stores the timers of runs that are decided, and says so in the schedules.</summary>
    /// <returns>The schedules as they are then, without those that were changed meanwhile; and how many timers that were.</returns>
    public async Task<(IReadOnlyList<ScheduleRecord> Schedules, int Made)> MakeAsync(
        IReadOnlyList<ScheduleRecord> schedules, CancellationToken cancellationToken)
    {
        var (created, writes) = (new List<Received<TimerScheduled>>(), new List<ScheduleWrite>());
        foreach (var schedule in schedules)
        {
            if (Open(schedule) is { } spec)
            {
                created.AddRange(schedule.Progress.Recent.Where(run => !run.IsStored)
                    .Select(run => Create(schedule, run, spec, run.DueAt)));
                writes.Add(new ScheduleWrite(schedule, planner.Stored(schedule)));
            }
            else
            {
                LogUndecrypted(schedule.Name, schedule.Tenant);
                writes.Add(new ScheduleWrite(schedule, SchedulePlanner.Later(schedule, clock.Now + Undecrypted)));
            }
        }

        await AddAsync(created, cancellationToken);
        var done = await store.WriteAsync(writes, cancellationToken);
        return ([.. writes.Where((_, index) => done[index]).Select(write => write.After!)], created.Count);
    }

    /// <summary>The schedule with the next runs of its backfill, decided but not stored yet.</summary>
    /// <returns>The same one if it is nobody's turn.</returns>
    public async Task<ScheduleRecord> BackfillAsync(ScheduleRecord schedule, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (planner.NextBackfill(schedule, now) is not { } step)
        {
            return schedule;
        }

        var keys = step.Runs.ToDictionary(run => TimerKey.FromId(schedule.Tenant, ScheduleKeys.TimerIdOf(schedule, run)));
        var rows = keys.Count == 0 ? [] : await timers.FindAsync(schedule.Tenant, [.. keys.Keys], cancellationToken);
        return planner.Backfilled(schedule, step, rows.Select(row => keys[row.Key]).ToHashSet(), now);
    }

    /// <summary>Cancels the timers of a schedule's runs that are to be withdrawn, and has the schedule go on.</summary>
    /// <returns>
    /// What was written and is there now: null in After if it was deleted. Null as a whole if it was changed meanwhile.
    /// </returns>
    public async Task<ScheduleWrite?> WithdrawAsync(ScheduleRecord schedule, CancellationToken cancellationToken)
    {
        var progress = schedule.Progress;
        var isDeleting = progress.State == ScheduleState.Deleting;

        // What was decided and may be stored by a slow Runner at any time gets its row first: then it can be cancelled, and the Runner adds
        // nothing any more.
        if (progress.Withdrawing.Any(run => !run.IsStored) && (Open(schedule) ?? schedule.Definition.Webhook) is var spec)
        {
            await AddAsync(
                [
                    .. progress.Withdrawing.Where(run => !run.IsStored)
                        .Select(run => Create(schedule, run, spec, isDeleting ? clock.Latest + Never : run.DueAt)),
                ],
                cancellationToken);
        }

        var ids = progress.Withdrawing.ToDictionary(run => run, run => ScheduleKeys.TimerIdOf(schedule, run));
        var rows = (await timers.FindAsync(
            schedule.Tenant, [.. ids.Values.Select(id => TimerKey.FromId(schedule.Tenant, id))], cancellationToken))
            .ToDictionary(row => row.Id, StringComparer.Ordinal);
        var sent = new List<ScheduleOccurrence>();

        // From the last to the first: what is before one that is being sent is left alone, so that what is withdrawn is an end of them.
        foreach (var run in progress.Withdrawing.Reverse())
        {
            if ((sent.Count > 0 && !isDeleting) || !await CancelAsync(rows.GetValueOrDefault(ids[run]), cancellationToken))
            {
                sent.Add(run);
            }
        }

        var write = new ScheduleWrite(schedule, planner.Withdrawn(schedule, sent, clock.Now));
        return (await store.WriteAsync([write], cancellationToken))[0] ? write : null;
    }

    /// <summary>The webhook of a schedule with its credentials; null if they cannot be decrypted.</summary>
    public TimerSpec? Open(ScheduleRecord schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        return sealer.Open(schedule.Tenant, ScheduleKeys.Of(schedule.Tenant, schedule.Name), schedule.Definition.Webhook);
    }

    /// <returns>False if it is sent, or being sent.</returns>
    private async Task<bool> CancelAsync(TimerRecord? row, CancellationToken cancellationToken)
    {
        while (row is not null)
        {
            if (row.State == TimerState.Cancelled)
            {
                return true;
            }

            if (row.State is not (TimerState.Scheduled or TimerState.Paused) || row.Attempts > 0 || row.MayStillArrive)
            {
                return false;
            }

            var cancelled = row with
            {
                State = TimerState.Cancelled,
                NextAt = Instants.CeilingToMilliseconds(clock.Now),
                Version = row.Version + 1,
            };
            if (await timers.TryReplaceAsync(row, cancelled, cancellationToken))
            {
                live.NoteTimer(row.Tenant, row.Key, row.Spec.OwnId);
                return true;
            }

            row = await timers.FindAsync(row.Tenant, [row.Key], cancellationToken) is [var found] ? found : null;
        }

        // Somebody has erased it.
        return true;
    }

    private async Task AddAsync(List<Received<TimerScheduled>> created, CancellationToken cancellationToken)
    {
        foreach (var some in created.Chunk(MaxRows))
        {
            await timers.AddAsync(some, cancellationToken);
            foreach (var each in some)
            {
                live.NoteTimer(each.Tenant, each.Message.TimerId, each.Message.Spec.OwnId);
            }
        }
    }

    private Received<TimerScheduled> Create(ScheduleRecord schedule, ScheduleOccurrence run, TimerSpec spec, DateTimeOffset dueAt)
    {
        var id = ScheduleKeys.TimerIdOf(schedule, run);
        var key = TimerKey.FromId(schedule.Tenant, id);
        var headers = new Dictionary<string, string>(spec.Headers ?? new Dictionary<string, string>())
        {
            [NameHeader] = schedule.Name,
            [ScheduledForHeader] = Rfc3339.ToString(run.ScheduledFor),
            [OccurrenceHeader] = run.Number.ToString(CultureInfo.InvariantCulture),
        };
        var made = sealer.Seal(schedule.Tenant, key, spec with { OwnId = id, Headers = headers });
        return new Received<TimerScheduled>(new TimerScheduled(key, dueAt, run.MadeAt, made), LogPosition.None)
        {
            Tenant = schedule.Tenant,
        };
    }

    [LoggerMessage(
        4506, LogLevel.Error,
        "The runs of schedule {Schedule} of tenant {Tenant} wait: its credentials cannot be decrypted with the keys in Secrets:Key; tried "
            + "again in a minute")]
    private partial void LogUndecrypted(string schedule, string tenant);
}
