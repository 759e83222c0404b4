using Contracts.Schedules;
using Contracts.Storage;
using Infrastructure.Schedules;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Schedules;

/// <summary>What a command means for a schedule.</summary>
/// <param name="After">What it becomes; the same one if nothing changes.</param>
/// <param name="Problem">Why it cannot be done.</param>
internal sealed record ScheduleDecision(ScheduleRecord? After, ProblemHttpResult? Problem = null);

/// <summary>What a command did.</summary>
/// <param name="Before">The schedule before; null if there was none.</param>
/// <param name="After">The schedule now; null if there is none.</param>
/// <param name="Problem">Why it did nothing.</param>
internal sealed record ScheduleChange(ScheduleRecord? Before, ScheduleRecord? After, ProblemHttpResult? Problem = null);

/// <summary>Changes schedules: each command is a compare-and-set on the store, as with timers, and done when it is answered.</summary>
internal sealed class ScheduleControl(
    IScheduleStore store, ScheduleTimers timers, ScheduleCalendars calendars, ScheduleHistory history)
{
    /// <summary>How often others may come first: the Runner writes a row at most a few times a second.</summary>
    private const int MaxTries = 20;

    /// <summary>Runs a command.</summary>
    /// <param name="tenant">Whose schedule.</param>
    /// <param name="name">Its name.</param>
    /// <param name="versions">What <c>If-Match</c> names; null for any.</param>
    /// <param name="decide">Decides about the schedule as it is; null for none. May be asked again.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="StoreUnavailableException">The store did not reply. The command may be repeated.</exception>
    public async Task<ScheduleChange> RunAsync(
        string tenant, string name, IReadOnlyList<long>? versions, Func<ScheduleRecord?, ScheduleDecision> decide,
        CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            var before = await FindWholeAsync(tenant, name, cancellationToken);
            if (before?.Progress.State == ScheduleState.Deleting || before?.Progress.Withdrawing.Count > 0)
            {
                // Somebody was stopped in the middle.
                await timers.WithdrawAsync(before, cancellationToken);
                continue;
            }

            if (versions is not null && (before is null || !versions.Contains(before.Progress.Revision)))
            {
                return new ScheduleChange(before, before, Problems.PreconditionFailed(
                    before is null ? $"There is no schedule '{name}'." : $"The schedule '{name}' is not as If-Match says."));
            }

            var decision = decide(before);
            if (decision.Problem is not null || ReferenceEquals(decision.After, before))
            {
                return new ScheduleChange(before, before, decision.Problem);
            }

            if (await ApplyAsync(before, decision.After, cancellationToken) is { } change)
            {
                return change;
            }
        }

        throw new StoreUnavailableException(WriteOutcome.Refused, "The schedule is changed by others all the time.");
    }

    /// <summary>With the stored calendars that it names.</summary>
    private async Task<ScheduleRecord?> FindWholeAsync(string tenant, string name, CancellationToken cancellationToken) =>
        await store.FindAsync(tenant, name, cancellationToken) is { } found
            ? (await calendars.LookUpAsync([found], cancellationToken))[0] : null;

    /// <summary>The tenant's schedule of this name; null if there is none, or if it is being deleted.</summary>
    public async Task<ScheduleRecord?> FindAsync(string tenant, string name, CancellationToken cancellationToken) =>
        await store.FindAsync(tenant, name, cancellationToken) is { Progress.State: not ScheduleState.Deleting } found ? found : null;

    /// <summary>Answers with the schedule as it is now, and tells the audit.</summary>
    public async Task<JsonAnswer<ScheduleResource>> AnswerAsync(
        HttpContext context, ScheduleChange change, CancellationToken cancellationToken)
    {
        var after = change.After!;
        Note(context, change);
        context.Response.Headers.ETag = EntityTags.Of(after.Progress.Revision);
        context.Response.Headers.Location = change.Before is null ? $"{ScheduleRoutes.Root}/{after.Name}" : default;
        return new JsonAnswer<ScheduleResource>(
            await history.ShowAsync(after, cancellationToken), ScheduleResourcesJson.Http.ScheduleResource,
            change.Before is null ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    /// <summary>Tells the audit, as hashes, what the schedule was and became.</summary>
    public static void Note(HttpContext context, ScheduleChange change) => Audited.Note(
        context, Shown(change.Before), Shown(change.After), ScheduleResourcesJson.Http.ScheduleResource);

    private static ScheduleResource? Shown(ScheduleRecord? record) =>
        record is null ? null : ScheduleResource.From(record, record.Progress.ChangedAt);

    /// <returns>Null if somebody else came first.</returns>
    private async Task<ScheduleChange?> ApplyAsync(ScheduleRecord? before, ScheduleRecord? after, CancellationToken cancellationToken)
    {
        var write = new ScheduleWrite(
            before, after?.Progress is { State: ScheduleState.Deleting, Withdrawing.Count: 0 } ? null : after);
        if (!(await store.WriteAsync([write], cancellationToken))[0])
        {
            return null;
        }

        if (write.After is { Progress.Withdrawing.Count: > 0 } withdrawing)
        {
            write = await timers.WithdrawAsync(withdrawing, cancellationToken)
                ?? new ScheduleWrite(before, await store.FindAsync(withdrawing.Tenant, withdrawing.Name, cancellationToken));
        }

        if (write.After is { Progress.IsUnstored: true } decided
            && (await timers.MakeAsync([decided], cancellationToken)).Schedules is [var made])
        {
            write = write with { After = made };
        }

        return new ScheduleChange(before, write.After?.Progress.State == ScheduleState.Deleting ? null : write.After);
    }
}
