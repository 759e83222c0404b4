using System.Diagnostics.CodeAnalysis;

namespace Contracts.Schedules;

/// <summary>A stored calendar, which schedules name.</summary>
public sealed record CalendarRecord
{
    /// <summary>The tenant that it belongs to.</summary>
    public required string Tenant { get; init; }

    /// <summary>Its name: one of a tenant's calendars has it.</summary>
    public required string Name { get; init; }

    /// <summary>Drawn anew with every write, which is a compare-and-set on it.</summary>
    public Guid Stamp { get; init; } = Guid.NewGuid();

    /// <summary>When the Runner has to act on it: schedules are to be told, or it is to be removed. Null for never.</summary>
    public DateTimeOffset? WakeAt { get; init; }

    /// <summary>
    /// Whether it is deleted for clients. The row is left for a while, in case a schedule that names it was put at the same time.
    /// </summary>
    public bool IsDeleted { get; init; }

    /// <summary>What is stored of it as JSON.</summary>
    public required CalendarContent Content { get; init; }

    /// <summary>Whether a run may take place at an instant, by the dates as they were at it.</summary>
    /// <param name="date">The instant's date in the schedule's zone.</param>
    /// <param name="at">The instant.</param>
    public bool Allows(DateOnly date, DateTimeOffset at)
    {
        var former = Content.Former.FirstOrDefault(each => at <= each.Until);
        return former is null ? ScheduleCalendar.Allows(date, Content.Excluded, Content.Included)
            : ScheduleCalendar.Allows(date, former.Excluded, former.Included);
    }
}

/// <summary>What a calendar says.</summary>
public sealed record CalendarContent
{
    /// <summary>Grows with every change, also over a deletion; the ETag.</summary>
    public required long Revision { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was changed last.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>On these dates nothing runs.</summary>
    public required CalendarDates Excluded { get; init; }

    /// <summary>Where there are any, only on these dates something runs.</summary>
    public required CalendarDates Included { get; init; }

    /// <summary>What its last changes replaced, oldest first: what was due before a change is decided by what was valid then.</summary>
    [AllowNull]
    public IReadOnlyList<FormerDates> Former { get; init => field = value ?? []; } = [];
}

/// <summary>A calendar's dates before a change.</summary>
/// <param name="Until">The instant of the change: they were valid up to it.</param>
/// <param name="Excluded">On these dates nothing ran.</param>
/// <param name="Included">Where there were any, only on these dates something ran.</param>
public sealed record FormerDates(DateTimeOffset Until, CalendarDates Excluded, CalendarDates Included);

/// <summary>Which calendars are listed, in the order of their names.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="Limit">Maximum number.</param>
/// <param name="After">Only names behind this one.</param>
public sealed record CalendarQuery(string Tenant, int Limit, string? After = null);

/// <summary>A page of calendars.</summary>
/// <param name="Items">In the order of their names.</param>
/// <param name="Next">The name that the next page comes behind; null at the end.</param>
public sealed record CalendarPage(IReadOnlyList<CalendarSummary> Items, string? Next);

/// <summary>A calendar in a list, without its dates.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Excluded">How many entries it has for dates on which nothing runs.</param>
/// <param name="Included">How many it has for dates on which alone something runs.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="ChangedAt">When it was changed last.</param>
public sealed record CalendarSummary(string Name, int Excluded, int Included, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt);
