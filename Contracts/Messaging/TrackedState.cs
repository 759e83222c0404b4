namespace Contracts.Messaging;

/// <summary>What became of an accepted message.</summary>
public enum TrackedState
{
    /// <summary>On the log; a Consumer has yet to apply it.</summary>
    Queued,

    /// <summary>Its effects are stored.</summary>
    Applied,

    /// <summary>Another message said the same before; it changed nothing.</summary>
    Duplicate,

    /// <summary>It could not be applied and is a dead letter.</summary>
    Rejected,
}
