using Contracts.Timers;
using Runner.Timers.Receivers;

namespace Runner.Timers.Armed;

/// <summary>
/// A claimed timer in memory. Whoever wins the compare-and-set on its position may act on it: sender, command or hand-back.
/// </summary>
internal sealed class ArmedTimer(ClaimedTimer timer, Lane lane)
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int InFlight = 2;
    private const int Gone = 3;

    private int position;
    private bool forgotten;

    public ClaimedTimer Timer { get; } = timer;

    public Lane Lane { get; } = lane;

    /// <summary>What its request takes of the budget; null while it has none.</summary>
    public SendSlot? Slot { get; set; }

    /// <summary>Its approximate size in memory.</summary>
    public long Bytes { get; } = 512 + timer.Spec.Bytes;

    public bool IsWaiting => Volatile.Read(ref position) == Waiting;

    public bool IsInFlight => Volatile.Read(ref position) == InFlight;

    /// <summary>The sender wants to send it.</summary>
    public bool TryStart() => Move(Waiting, InFlight);

    /// <summary>A command wants to have it.</summary>
    public bool TryTake() => Move(Waiting, Taken);

    /// <summary>The command failed.</summary>
    public bool TryReturn() => Move(Taken, Waiting);

    /// <summary>It goes back to the store unsent.</summary>
    public bool TryLeave() => Move(Waiting, Gone);

    /// <summary>True once: the first to forget it frees its room.</summary>
    public bool TryForget() => !Interlocked.Exchange(ref forgotten, true);

    private bool Move(int from, int to) => Interlocked.CompareExchange(ref position, to, from) == from;
}
