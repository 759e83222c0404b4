namespace ClientLibrary.Timers;

/// <summary>A new expiry, given in one of two ways.</summary>
public sealed record TimerExpiry
{
    /// <summary>The instant from which on a timer is not sent; in the future.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The same as a time from its due instant.</summary>
    public TimeSpan? MaxAge { get; init; }
}
