namespace ClientLibrary.Schedules;

/// <summary>Dates that schedules leave out, or on which alone they run.</summary>
/// <param name="Exclude">On these nothing runs: 2030-12-25, 2030-07-01/2030-08-31, 12-25 or 12-24/01-01 of every year, SAT.</param>
/// <param name="Include">Where there are any, only on these something runs.</param>
public sealed record NewCalendar(IReadOnlyList<string>? Exclude = null, IReadOnlyList<string>? Include = null);

/// <summary>A stored calendar.</summary>
public sealed record CalendarInfo
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>On these dates nothing runs.</summary>
    public required IReadOnlyList<string> Exclude { get; init; }

    /// <summary>Where there are any, only on these dates something runs.</summary>
    public required IReadOnlyList<string> Include { get; init; }

    /// <summary>How many schedules name it.</summary>
    public long Schedules { get; init; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was changed last.</summary>
    public DateTimeOffset ChangedAt { get; init; }
}

/// <summary>A calendar in a list, without its dates.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Excluded">How many entries it excludes.</param>
/// <param name="Included">How many it includes.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="ChangedAt">When it was changed last.</param>
public sealed record ListedCalendar(string Name, int Excluded, int Included, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt);
