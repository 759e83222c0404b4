namespace Contracts.Messaging;

/// <summary>The state of a dead letter.</summary>
public enum DeadLetterState
{
    /// <summary>Waits until somebody replays or deletes it.</summary>
    Open,

    /// <summary>Back on the log. If it dies again, the same letter is open again.</summary>
    Replayed,
}
