using Contracts.Messaging;
using Contracts.Timers;

namespace Producer.Timers;

/// <summary>The result of one create.</summary>
/// <param name="Acceptance">How far it is.</param>
/// <param name="Row">The timer; of a used key, the one that has it.</param>
internal sealed record AcceptedTimer(Acceptance Acceptance, TimerRecord Row)
{
    /// <summary>Names the create at /events.</summary>
    public TrackingId? Tracking { get; init; }

    /// <summary>Why it could not be applied, of a rejected one.</summary>
    public RejectedMessage? Rejected { get; init; }

    /// <summary>The status that a single create answers with.</summary>
    public int Status => Acceptance switch
    {
        Acceptance.KeyUsed => StatusCodes.Status409Conflict,
        Acceptance.Durable => StatusCodes.Status202Accepted,
        Acceptance.Rejected => StatusCodes.Status500InternalServerError,
        _ => StatusCodes.Status201Created,
    };
}

/// <summary>How far a create is.</summary>
internal enum Acceptance
{
    /// <summary>On the log; a Consumer will store it.</summary>
    Durable,

    /// <summary>In the store.</summary>
    Stored,

    /// <summary>The same request came before; this is what it made.</summary>
    Repeated,

    /// <summary>Another request has the key.</summary>
    KeyUsed,

    /// <summary>It could not be applied, and is a dead letter.</summary>
    Rejected,
}
