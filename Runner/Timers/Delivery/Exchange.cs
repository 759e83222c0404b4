namespace Runner.Timers.Delivery;

/// <summary>How one HTTP exchange ended.</summary>
/// <param name="Status">The status; null if there was no response.</param>
/// <param name="Error">Why it counts as failed; null when it does not.</param>
/// <param name="CertainlyUnsent">True if no byte of the request can have been sent.</param>
/// <param name="Answered">True if the receiver's response is known, whatever it is.</param>
/// <param name="RetryAfter">The pause that the receiver asked for.</param>
/// <param name="Response">The first 4 KiB of the response body.</param>
internal sealed record Exchange(
    int? Status, string? Error, bool CertainlyUnsent, bool Answered, TimeSpan? RetryAfter, ReadOnlyMemory<byte> Response)
{
    /// <summary>Whether trying again is of no use: the address is one that webhooks may not go to.</summary>
    public bool IsFinal { get; init; }

    /// <summary>When a receiver that succeeded asks for the same again, from now; null if it does not.</summary>
    public TimeSpan? Snooze { get; init; }

    /// <summary>The lease lapsed, or the timer expired, before the first byte: no attempt was made, and the timer is handed back.</summary>
    public static Exchange NotBegun { get; } =
        new(null, "the lease lapsed or the timer expired", CertainlyUnsent: true, Answered: false, RetryAfter: null, Response: default);
}
