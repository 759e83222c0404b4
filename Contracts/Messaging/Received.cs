namespace Contracts.Messaging;

/// <summary>A message as it came from the log.</summary>
/// <typeparam name="TMessage">A message of this project's contracts.</typeparam>
/// <param name="Message">What it says.</param>
/// <param name="Position">Where it stands; <see cref="LogPosition.None"/> where the log has no offsets.</param>
public sealed record Received<TMessage>(TMessage Message, LogPosition Position)
{
    /// <summary>Whose it is.</summary>
    public string Tenant { get; init; } = Common.Tenant.Default;

    /// <summary>
    /// Where the message stood first: of a replayed dead letter its original position, else <see cref="Position"/>. Effects are counted
    /// once per source.
    /// </summary>
    public LogPosition Source { get; init; } = Position;

    /// <summary>W3C trace context of whoever published it; null without one.</summary>
    public string? TraceParent { get; init; }
}
