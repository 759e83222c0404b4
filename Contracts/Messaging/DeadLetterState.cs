namespace Contracts.Messaging;

/// <summary>Where a dead letter stands.</summary>
public enum DeadLetterState
{
    /// <summary>Waits for somebody who replays or deletes it.</summary>
    Open,

    /// <summary>Back on the log. If it dies again, the same letter is open again.</summary>
    Replayed,
}
