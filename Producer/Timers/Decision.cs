using Contracts.Timers;
using Producer.Http;

namespace Producer.Timers;

/// <summary>What a command means for a timer in its current state.</summary>
/// <param name="Changed">The row to store; null when nothing is to be stored.</param>
/// <param name="Recorded">True when it only takes effect when the attempt in flight ends.</param>
/// <param name="Refusal">Why it cannot be done; null if it can, or is already done.</param>
/// <param name="Errors">What would be wrong with the timer afterwards; null if nothing would.</param>
/// <param name="Erases">True when nothing shall be left of the timer, which has finished.</param>
internal sealed record Decision(
    TimerRecord? Changed, bool Recorded = false, string? Refusal = null, FieldErrors? Errors = null, bool Erases = false)
{
    public const string Firing = "It is being fired: the attempt under way can no longer be changed.";

    /// <summary>The timer is already in the requested state.</summary>
    public static Decision Nothing { get; } = new(Changed: null);

    /// <summary>Recorded before.</summary>
    public static Decision AlreadyRecorded { get; } = new(Changed: null, Recorded: true);

    public static Decision Erase { get; } = new(Changed: null, Erases: true);

    public static Decision Refuse(string reason) => new(Changed: null, Refusal: reason);

    public static Decision Finished(TimerState state) => Refuse($"It has already finished: {TimerResource.StateName(state)}.");
}
