using NodaTime;

namespace Contracts.Schedules;

/// <summary>A recurrence rule (RFC 5545 §3.3.10), as it is written.</summary>
internal sealed record RecurrenceRule
{
    public required RuleFrequency Frequency { get; init; }

    public int Interval { get; init; } = 1;

    public int? Count { get; init; }

    /// <summary>The last local time there may be; null for none, or where <see cref="UntilInstant"/> says it.</summary>
    public LocalDateTime? Until { get; init; }

    /// <summary>The last instant there may be.</summary>
    public Instant? UntilInstant { get; init; }

    public IsoDayOfWeek WeekStart { get; init; } = IsoDayOfWeek.Monday;

    public int[] Seconds { get; init; } = [];

    public int[] Minutes { get; init; } = [];

    public int[] Hours { get; init; } = [];

    /// <summary>Weekdays; which one of the month or year, from its end where it is negative, or 0 for each.</summary>
    public (int Nth, IsoDayOfWeek Day)[] Days { get; init; } = [];

    public int[] MonthDays { get; init; } = [];

    public int[] YearDays { get; init; } = [];

    public int[] WeekNumbers { get; init; } = [];

    public int[] Months { get; init; } = [];

    public int[] Positions { get; init; } = [];
}
