using Contracts.Common;
using Contracts.Messaging;
using Contracts.Timers;

namespace Producer.Timers;

/// <summary>The result of one create.</summary>
/// <param name="Acceptance">What became of the create: stored, on the log, refused.</param>
/// <param name="Row">The timer; for a used key, the one that has it.</param>
internal sealed record AcceptedTimer(Acceptance Acceptance, TimerRecord Row)
{
    /// <summary>Identifies the create at /events.</summary>
    public TrackingId? Tracking { get; init; }

    /// <summary>Why the timer that has the id could not be replaced; null if it was, or nobody asked for it.</summary>
    public string? Refusal { get; init; }

    /// <summary>If rejected: why.</summary>
    public RejectedMessage? Rejected { get; init; }

    /// <summary>The HTTP status of a single create.</summary>
    public int Status => Acceptance switch
    {
        Acceptance.KeyUsed => StatusCodes.Status409Conflict,
        Acceptance.Replaced => StatusCodes.Status200OK,
        Acceptance.Durable => StatusCodes.Status202Accepted,
        Acceptance.Rejected => StatusCodes.Status500InternalServerError,
        _ => StatusCodes.Status201Created,
    };
}

/// <summary>The state of a create.</summary>
internal enum Acceptance
{
    /// <summary>On the log; a Consumer will store it.</summary>
    Durable,

    /// <summary>In the store.</summary>
    Stored,

    /// <summary>An earlier identical request created this timer.</summary>
    Repeated,

    /// <summary>Another request has the key.</summary>
    KeyUsed,

    /// <summary>The timer that had the key has this content now.</summary>
    Replaced,

    /// <summary>It could not be applied, and is a dead letter.</summary>
    Rejected,
}
