namespace ClientLibrary.Timers;

/// <summary>Which timers to list; without conditions all of them.</summary>
public sealed record TimerQuery
{
    /// <summary>Only in this state.</summary>
    public string? State { get; init; }

    /// <summary>Only with all of these tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Only due at or after.</summary>
    public DateTimeOffset? DueFrom { get; init; }

    /// <summary>Only due before.</summary>
    public DateTimeOffset? DueTo { get; init; }

    /// <summary>Size of a page, 1 to 1,000. Default 50.</summary>
    public int? Limit { get; init; }

    /// <summary>The <see cref="Page{T}.Next"/> of the page before; null for the first one.</summary>
    public string? Cursor { get; init; }
}

/// <summary>Which failed or expired timers to replay; without conditions all that have failed.</summary>
public sealed record ReplayFilter
{
    /// <summary>True for those that have expired, in place of those that have failed.</summary>
    public bool? Expired { get; init; }

    /// <summary>A new expiry for all of them, in the future. Give this or <see cref="MaxAge"/>. Default: as each has it.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The same as a time from the due instant of each.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Only with this tag.</summary>
    public string? Tag { get; init; }

    /// <summary>Only due at or after.</summary>
    public DateTimeOffset? DueFrom { get; init; }

    /// <summary>Only due before.</summary>
    public DateTimeOffset? DueTo { get; init; }

    /// <summary>Maximum number, 1 to 10,000. Default 1,000.</summary>
    public int? Limit { get; init; }
}

/// <summary>What a replay by filter did.</summary>
/// <param name="Replayed">Timers that are retried.</param>
/// <param name="More">Whether another request would find more.</param>
public sealed record ReplaySummary(int Replayed, bool More)
{
    /// <summary>Timers that are left out because their expiry has passed.</summary>
    public int Expired { get; init; }
}
