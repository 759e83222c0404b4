namespace Contracts.Storage;

/// <summary>What is known about a write that was not confirmed.</summary>
public enum WriteOutcome
{
    /// <summary>It did not happen and will not.</summary>
    Refused,

    /// <summary>It may have happened, or may still happen.</summary>
    Unknown,
}
