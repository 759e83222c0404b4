using System.Globalization;
using Contracts.Schedules;
using Contracts.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Schedules;

/// <summary>What a command did to a calendar.</summary>
/// <param name="Before">The calendar before; null if there was none.</param>
/// <param name="After">The calendar now; null if there is none.</param>
/// <param name="Problem">Why it did nothing.</param>
internal sealed record CalendarChange(CalendarRecord? Before, CalendarRecord? After, ProblemHttpResult? Problem = null);

/// <summary>Changes calendars: each command is a compare-and-set on the store. The Runner tells the schedules.</summary>
internal sealed class CalendarControl(ICalendarStore calendars, IScheduleStore schedules, IStoreClock clock)
{
    /// <summary>How often others may come first.</summary>
    private const int MaxTries = 20;

    private const string InUseTitle = "The calendar is in use.";

    /// <summary>The tenant's calendar of this name; null if there is none.</summary>
    public async Task<CalendarRecord?> FindAsync(string tenant, string name, CancellationToken cancellationToken) =>
        await calendars.FindAsync(tenant, name, cancellationToken) is { IsDeleted: false } found ? found : null;

    /// <summary>What a client sees of one.</summary>
    public async Task<CalendarResource> ShowAsync(CalendarRecord record, CancellationToken cancellationToken) => CalendarResource.From(
        record, await schedules.CountNamingAsync(record.Tenant, record.Name, cancellationToken));

    /// <summary>Creates a calendar, or changes it.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="name">Its name.</param>
    /// <param name="request">Its dates.</param>
    /// <param name="isConditional">Whether there is an <c>If-Match</c>: it must be there.</param>
    /// <param name="versions">What <c>If-Match</c> names; null for any.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="StoreUnavailableException">The store did not reply. It may be repeated.</exception>
    public Task<CalendarChange> PutAsync(
        string tenant, string name, CalendarRequest request, bool isConditional, IReadOnlyList<long>? versions,
        CancellationToken cancellationToken) => TryAsync(
            async () =>
            {
                var found = await calendars.FindAsync(tenant, name, cancellationToken);
                var before = found is { IsDeleted: false } ? found : null;
                if (isConditional && Mismatch(before, name, versions) is { } problem)
                {
                    return new CalendarChange(before, before, problem);
                }

                var after = CalendarPlanner.Put(found, tenant, name, request.Excluded, request.Included, clock.Now);
                return ReferenceEquals(after, found) || await calendars.WriteAsync(found, after, cancellationToken)
                    ? new CalendarChange(before, after) : null;
            });

    /// <summary>Deletes a calendar that no schedule names.</summary>
    /// <inheritdoc cref="PutAsync"/>
    public Task<CalendarChange> DeleteAsync(
        string tenant, string name, IReadOnlyList<long>? versions, CancellationToken cancellationToken) => TryAsync(
            async () =>
            {
                if (await FindAsync(tenant, name, cancellationToken) is not { } before)
                {
                    return new CalendarChange(null, null, CalendarPath.NotFound(name));
                }

                if (versions is not null && Mismatch(before, name, versions) is { } problem)
                {
                    return new CalendarChange(before, before, problem);
                }

                if (await FindUsesAsync(before, cancellationToken) is { } used)
                {
                    return new CalendarChange(before, before, used);
                }

                // From here on no schedule may name it; one that was put in between is found by counting again, here or by the Runner.
                var deleted = CalendarPlanner.Delete(before, clock.Now);
                if (!await calendars.WriteAsync(before, deleted, cancellationToken))
                {
                    return null;
                }

                if (await FindUsesAsync(before, cancellationToken) is not { } late)
                {
                    return new CalendarChange(before, null);
                }

                return await calendars.WriteAsync(deleted, CalendarPlanner.Restore(deleted, clock.Now), cancellationToken)
                    ? new CalendarChange(before, before, late) : null;
            });

    private async Task<ProblemHttpResult?> FindUsesAsync(CalendarRecord calendar, CancellationToken cancellationToken) =>
        await schedules.CountNamingAsync(calendar.Tenant, calendar.Name, cancellationToken) switch
        {
            0 => null,
            1 => Problems.Conflict(InUseTitle, $"One schedule names '{calendar.Name}'."),
            var count => Problems.Conflict(
                InUseTitle, string.Create(CultureInfo.InvariantCulture, $"{count:#,0} schedules name '{calendar.Name}'.")),
        };

    private static ProblemHttpResult? Mismatch(CalendarRecord? calendar, string name, IReadOnlyList<long>? versions) => calendar is null
        ? Problems.PreconditionFailed($"There is no calendar '{name}'.")
        : versions?.Contains(calendar.Content.Revision) == false
            ? Problems.PreconditionFailed($"The calendar '{name}' is not as If-Match says.") : null;

    /// <param name="act">Null if somebody else came first.</param>
    private static async Task<CalendarChange> TryAsync(Func<Task<CalendarChange?>> act)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            if (await act() is { } change)
            {
                return change;
            }
        }

        throw new StoreUnavailableException(WriteOutcome.Refused, "The calendar is changed by others all the time.");
    }
}
