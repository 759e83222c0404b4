using Contracts.Timers;
using Producer.Http;

namespace Producer.Timers;

/// <summary>What a command did.</summary>
/// <param name="Outcome">What the command did, or why it did nothing.</param>
/// <param name="Row">The timer after the command; null when there is none (any more).</param>
/// <param name="Refusal">Why the command was refused; null if it was not.</param>
/// <param name="Errors">What would be wrong with the timer afterwards.</param>
internal sealed record ControlResult(ControlOutcome Outcome, TimerRecord? Row = null, string? Refusal = null, FieldErrors? Errors = null);

/// <summary>What a command did.</summary>
internal enum ControlOutcome
{
    /// <summary>It is done.</summary>
    Done,

    /// <summary>It takes effect when the attempt in flight ends.</summary>
    Recorded,

    /// <summary>The timer is gone, and its id free.</summary>
    Erased,

    /// <summary>The timer's state does not allow it.</summary>
    Refused,

    /// <summary>The timer would not be valid afterwards.</summary>
    Invalid,

    /// <summary>The timer no longer has the version that If-Match names.</summary>
    Changed,

    /// <summary>There is no such timer.</summary>
    Unknown,
}
