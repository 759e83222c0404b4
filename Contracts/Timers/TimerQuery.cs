namespace Contracts.Timers;

/// <summary>Which timers to list; all conditions hold together.</summary>
public sealed record TimerQuery
{
    /// <summary>Whose.</summary>
    public string Tenant { get; init; } = Common.Tenant.Default;

    /// <summary>Only this state.</summary>
    public TimerState? State { get; init; }

    /// <summary>Only with each of these tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Only due at or after.</summary>
    public DateTimeOffset? DueFrom { get; init; }

    /// <summary>Only due before.</summary>
    public DateTimeOffset? DueTo { get; init; }

    /// <summary>Where the previous page ended; null for the first.</summary>
    public TimerCursor? Cursor { get; init; }

    /// <summary>Maximum page size, 1 to 1,000.</summary>
    public int Limit { get; init; } = 50;
}
