using Contracts.Schedules;

namespace Producer.Schedules;

/// <summary>A calendar as clients see it.</summary>
internal sealed record CalendarResource
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Dates on which nothing runs, in their order.</summary>
    public required IReadOnlyList<string> Exclude { get; init; }

    /// <summary>Where there are any, only on these dates something runs.</summary>
    public required IReadOnlyList<string> Include { get; init; }

    /// <summary>How many schedules name it.</summary>
    public long Schedules { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was changed last.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    public static CalendarResource From(CalendarRecord record, long schedules = 0) => new()
    {
        Name = record.Name,
        Exclude = record.Content.Excluded.Entries,
        Include = record.Content.Included.Entries,
        Schedules = schedules,
        CreatedAt = record.Content.CreatedAt,
        ChangedAt = record.Content.ChangedAt,
    };
}

/// <summary>A calendar in a list.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Excluded">How many entries exclude has.</param>
/// <param name="Included">How many entries include has.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="ChangedAt">When it was changed last.</param>
internal sealed record ListedCalendarResource(
    string Name, int Excluded, int Included, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt)
{
    public static ListedCalendarResource From(CalendarSummary calendar) =>
        new(calendar.Name, calendar.Excluded, calendar.Included, calendar.CreatedAt, calendar.ChangedAt);
}

/// <summary>A page of calendars.</summary>
/// <param name="Items">In the order of their names, without their dates.</param>
/// <param name="Next">The cursor of the next page; absent at the end.</param>
internal sealed record CalendarList(IReadOnlyList<ListedCalendarResource> Items, string? Next);
