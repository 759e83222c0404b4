namespace Contracts.Messaging;

/// <summary>Whether the effects of published messages are stored yet.</summary>
public enum MessageEffects
{
    /// <summary>In the store already: the log shares the process with it.</summary>
    Stored,

    /// <summary>A Consumer has yet to apply them; <see cref="ILogProgress{TMessage}"/> tells when it has.</summary>
    Tracked,

    /// <summary>A Consumer has yet to apply them, and only the store itself can tell when it has.</summary>
    Untracked,
}
