namespace ClientLibrary.Timers;

/// <summary>What a timer would become.</summary>
public sealed record TimerPreview
{
    /// <summary>The id that it was given; null if one would be drawn.</summary>
    public string? Id { get; init; }

    /// <summary>Whether there is a timer with this id already, which would be returned or replaced.</summary>
    public bool Exists { get; init; }

    /// <summary>The instant that would be promised.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>When it would expire; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When its attempts would be made if each of them failed.</summary>
    public required IReadOnlyList<AttemptPreview> Attempts { get; init; }

    /// <summary>What it would end as if each attempt failed: failed or expired.</summary>
    public required string Ends { get; init; }

    /// <summary>What else is due at its receiver then.</summary>
    public required DueLoad AlsoDue { get; init; }
}

/// <summary>When an attempt would be made.</summary>
/// <param name="Attempt">Its number, from 1.</param>
/// <param name="Earliest">If each one before it failed at once.</param>
/// <param name="Latest">If each one before it timed out, and with all of the jitter.</param>
public sealed record AttemptPreview(int Attempt, DateTimeOffset Earliest, DateTimeOffset Latest);
