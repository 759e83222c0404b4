namespace Contracts.Schedules;

/// <summary>The stored calendars, which schedules name.</summary>
/// <remarks>
/// As with <see cref="IScheduleStore"/>: a returned write is durable, every call throws
/// <see cref="Storage.StoreUnavailableException"/> when the store did not reply, and what a calendar becomes is decided outside
/// (<see cref="CalendarPlanner"/>).
/// </remarks>
public interface ICalendarStore
{
    /// <summary>The tenant's calendar of this name, also a deleted one that is still there; null if there is none.</summary>
    Task<CalendarRecord?> FindAsync(string tenant, string name, CancellationToken cancellationToken);

    /// <summary>Those of these names that are there and can be read, in any order; deleted ones that are still there among them.</summary>
    Task<IReadOnlyList<CalendarRecord>> FindAsync(string tenant, IReadOnlyCollection<string> names, CancellationToken cancellationToken);

    /// <summary>A page of the tenant's calendars, without deleted ones. Their dates are not read.</summary>
    Task<CalendarPage> ListAsync(CalendarQuery query, CancellationToken cancellationToken);

    /// <summary>Calendars of all tenants that the Runner has to act on, by an index.</summary>
    /// <param name="until">Those whose <see cref="CalendarRecord.WakeAt"/> is not after it.</param>
    /// <param name="limit">Maximum number, at least 1; the earliest first.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    Task<IReadOnlyList<CalendarRecord>> FindDueAsync(DateTimeOffset until, int limit, CancellationToken cancellationToken);

    /// <summary>Adds, changes or removes a calendar, if it still is what was read.</summary>
    /// <param name="before">As it was read; null to add it.</param>
    /// <param name="after">As it shall be; null to remove it. One of both is not null.</param>
    /// <param name="cancellationToken">Stops the waiting; the change may still happen.</param>
    /// <returns>Whether it was done; false if it was changed meanwhile, is there already, or is there no more.</returns>
    Task<bool> WriteAsync(CalendarRecord? before, CalendarRecord? after, CancellationToken cancellationToken);
}
