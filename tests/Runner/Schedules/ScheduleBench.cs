using Contracts.Messaging;
using Contracts.Schedules;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Schedules;
using Infrastructure.Schedules.Sqlite;
using Infrastructure.Storage.Sqlite;
using Infrastructure.Timers;
using Infrastructure.Timers.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Runner.Schedules;
using Tests.Support;

namespace Tests.Runner.Schedules;

/// <summary>The Runner's pass over schedules on stores of its own, under a clock turned by hand, and with calls that are cut off.</summary>
internal sealed class ScheduleBench : IDisposable
{
    private readonly SqliteFile file = new(":memory:", ScheduleSchema.Apply);
    private readonly CutTimers timers;
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public ScheduleBench()
    {
        Schedules = new CutStore(new SqliteScheduleStore(file), Cut);
        Calendars = new CutCalendars(new SqliteCalendarStore(file), Cut);
        Stored = new SqliteTimerStore(":memory:", Time);
        timers = new CutTimers(Stored, Cut);
        var (clock, live) = (new HandClock(Time), new RecordedNotices());
        Occurrences = new ScheduleTimers(
            Schedules, timers, new PlainSealer(), Planner, clock, live, NullLogger<ScheduleTimers>.Instance);
        Pass = new SchedulePass(
            Schedules, Occurrences, new ScheduleCalendars(Calendars), new ScheduleOverlaps(timers, clock, live), Planner, new EveryShard(),
            clock,
            ActivatorUtilities.CreateInstance<ScheduleMetrics>(services), new Random(1), NullLogger<SchedulePass>.Instance);
        CalendarPass = new CalendarPass(Calendars, Schedules, new EveryShard(), clock, NullLogger<CalendarPass>.Instance);
    }

    public FakeTimeProvider Time { get; } = Clocks.AtNoon();

    public Interruption Cut { get; } = new();

    public IScheduleStore Schedules { get; }

    public SqliteTimerStore Stored { get; }

    public SchedulePlanner Planner { get; } = new(ScheduleZones.Embedded, TimeSpan.FromMinutes(1));

    public ScheduleTimers Occurrences { get; }

    public SchedulePass Pass { get; }

    public ICalendarStore Calendars { get; }

    public CalendarPass CalendarPass { get; }

    public void Dispose()
    {
        services.Dispose();
        timers.Dispose();
        Stored.Dispose();
        file.Dispose();
    }

    public async Task PutAsync(ScheduleWhen when, OverlapRule overlap = OverlapRule.Allow)
    {
        var calendars = await Calendars.FindAsync("default", [.. when.SharedCalendars], default);
        var record = Planner.Create(
            "default", "s", Definition(when, 0) with { Overlap = overlap }, Time.GetUtcNow(), out _, calendars);
        await Schedules.WriteAsync([new ScheduleWrite(null, record)], default);
    }

    public static ScheduleDefinition Definition(ScheduleWhen when, int webhook) => new()
    {
        When = when,
        Misfire = MisfireRule.All,
        Webhook = new TimerSpec
        {
            Url = new Uri($"http://127.0.0.1:2/{webhook}"),
            Headers = new Dictionary<string, string> { ["x"] = "own" },
        },
    };

    public Task<ScheduleRecord?> FoundAsync() => Schedules.FindAsync("default", "s", default);

    public async Task<List<TimerRecord>> TimersAsync() =>
        [.. (await Stored.ListAsync(new TimerQuery { Tenant = "default", Limit = 1_000 }, default)).Items.OrderBy(row => row.DueAt)];

    /// <summary>Cuts a call off, before it or behind it, after so many.</summary>
    public sealed class Interruption
    {
        public int? After { get; set; }

        public bool IsBefore { get; set; }

        public async Task<T> TryAsync<T>(Func<Task<T>> call)
        {
            var isCut = After is { } left && (After = left - 1) < 0;
            if (isCut && IsBefore)
            {
                throw new StoreUnavailableException(WriteOutcome.Unknown, "Cut off before.");
            }

            var result = await call();
            return isCut ? throw new StoreUnavailableException(WriteOutcome.Unknown, "Cut off behind.") : result;
        }
    }

    private sealed class CutStore(IScheduleStore store, Interruption cut) : IScheduleStore
    {
        public Task<ScheduleRecord?> FindAsync(string tenant, string name, CancellationToken cancellationToken) =>
            store.FindAsync(tenant, name, cancellationToken);

        public Task<SchedulePage> ListAsync(ScheduleQuery query, CancellationToken cancellationToken) =>
            store.ListAsync(query, cancellationToken);

        public Task<IReadOnlyList<ScheduleRecord>> FindDueAsync(
            IReadOnlyList<int>? shards, DateTimeOffset until, int limit, CancellationToken cancellationToken) =>
            store.FindDueAsync(shards, until, limit, cancellationToken);

        public Task<long> CountNamingAsync(string tenant, string calendar, CancellationToken cancellationToken) =>
            store.CountNamingAsync(tenant, calendar, cancellationToken);

        public Task<long> WakeNamingAsync(string tenant, string calendar, DateTimeOffset at, CancellationToken cancellationToken) =>
            cut.TryAsync(() => store.WakeNamingAsync(tenant, calendar, at, cancellationToken));

        public Task<IReadOnlyList<bool>> WriteAsync(IReadOnlyList<ScheduleWrite> writes, CancellationToken cancellationToken) =>
            cut.TryAsync(() => store.WriteAsync(writes, cancellationToken));
    }

    private sealed class CutCalendars(ICalendarStore store, Interruption cut) : ICalendarStore
    {
        public Task<CalendarRecord?> FindAsync(string tenant, string name, CancellationToken cancellationToken) =>
            store.FindAsync(tenant, name, cancellationToken);

        public Task<IReadOnlyList<CalendarRecord>> FindAsync(
            string tenant, IReadOnlyCollection<string> names, CancellationToken cancellationToken) =>
            store.FindAsync(tenant, names, cancellationToken);

        public Task<CalendarPage> ListAsync(CalendarQuery query, CancellationToken cancellationToken) =>
            store.ListAsync(query, cancellationToken);

        public Task<IReadOnlyList<CalendarRecord>> FindDueAsync(DateTimeOffset until, int limit, CancellationToken cancellationToken) =>
            store.FindDueAsync(until, limit, cancellationToken);

        public Task<bool> WriteAsync(CalendarRecord? before, CalendarRecord? after, CancellationToken cancellationToken) =>
            cut.TryAsync(() => store.WriteAsync(before, after, cancellationToken));
    }

    private sealed class CutTimers(SqliteTimerStore store, Interruption cut) : FaultyTimerStore
    {
        public override Task AddAsync(IReadOnlyList<Received<TimerScheduled>> created, CancellationToken cancellationToken) =>
            cut.TryAsync(async () =>
            {
                await store.AddAsync(created, cancellationToken);
                return true;
            });

        public override Task<IReadOnlyList<TimerRecord>> FindAsync(
            string tenant, IReadOnlyList<Guid> keys, CancellationToken cancellationToken) =>
            store.FindAsync(tenant, keys, cancellationToken);

        public override Task<bool> TryReplaceAsync(TimerRecord read, TimerRecord changed, CancellationToken cancellationToken) =>
            cut.TryAsync(() => store.TryReplaceAsync(read, changed, cancellationToken));
    }

    private sealed class PlainSealer : ITimerSealer
    {
        public TimerSpec Seal(string tenant, Guid key, TimerSpec spec) => spec;

        public TimerSpec? Open(string tenant, Guid key, TimerSpec spec) => spec;
    }

    private sealed class HandClock(TimeProvider time) : IStoreClock
    {
        public DateTimeOffset Now => time.GetUtcNow();
    }
}
