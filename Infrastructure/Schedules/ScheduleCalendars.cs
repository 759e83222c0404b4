using Contracts.Schedules;

namespace Infrastructure.Schedules;

/// <summary>Looks up the stored calendars that schedules name.</summary>
/// <param name="store">The calendars.</param>
public sealed class ScheduleCalendars(ICalendarStore store)
{
    /// <summary>Completes schedules with the calendars that they name, as these are now.</summary>
    /// <param name="schedules">As they were read: before their calendars are, so that a change in between is not overlooked.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>The same, in their order.</returns>
    public async Task<IReadOnlyList<ScheduleRecord>> LookUpAsync(
        IReadOnlyList<ScheduleRecord> schedules, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(schedules);
        var named = schedules.SelectMany(each => each.Definition.When.SharedCalendars.Select(name => (each.Tenant, Name: name)))
            .ToLookup(each => each.Tenant, each => each.Name);
        if (named.Count == 0)
        {
            return schedules;
        }

        var found = new Dictionary<(string Tenant, string Name), CalendarRecord>();
        foreach (var tenant in named)
        {
            foreach (var calendar in await store.FindAsync(tenant.Key, [.. tenant.Distinct()], cancellationToken))
            {
                found[(tenant.Key, calendar.Name)] = calendar;
            }
        }

        return
        [
            .. schedules.Select(each => each with
            {
                Calendars = [.. each.Definition.When.SharedCalendars
                    .Select(name => found.GetValueOrDefault((each.Tenant, name))).OfType<CalendarRecord>()],
            }),
        ];
    }

    /// <summary>The tenant's calendars of these names, without those that are not there or deleted.</summary>
    public async Task<IReadOnlyList<CalendarRecord>> FindAsync(
        string tenant, IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var asked = names.Distinct().ToList();
        return asked.Count == 0 ? [] : [.. (await store.FindAsync(tenant, asked, cancellationToken)).Where(each => !each.IsDeleted)];
    }
}
