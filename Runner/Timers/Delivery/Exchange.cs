namespace Runner.Timers.Delivery;

/// <summary>How one HTTP exchange ended.</summary>
/// <param name="Status">The status; null if there was no response.</param>
/// <param name="Error">Why it counts as failed; null when it does not.</param>
/// <param name="CertainlyUnsent">True when no byte of the request can have left.</param>
/// <param name="Answered">True when the receiver's answer is known, whatever it says.</param>
/// <param name="RetryAfter">What the receiver asked for.</param>
/// <param name="Response">The first 4 KiB of the response body.</param>
internal sealed record Exchange(
    int? Status, string? Error, bool CertainlyUnsent, bool Answered, TimeSpan? RetryAfter, ReadOnlyMemory<byte> Response)
{
    /// <summary>The lease lapsed before the first byte: no attempt was made, and the timer goes back.</summary>
    public static Exchange NotBegun { get; } =
        new(null, "the lease lapsed", CertainlyUnsent: true, Answered: false, RetryAfter: null, Response: default);
}
