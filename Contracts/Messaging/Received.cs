using Contracts.Common;

namespace Contracts.Messaging;

/// <summary>A message as it came from the log.</summary>
/// <typeparam name="TMessage">A message of this project's contracts.</typeparam>
/// <param name="Message">The message as it was published.</param>
/// <param name="Position">Its position; <see cref="LogPosition.None"/> if the log has no offsets.</param>
public sealed record Received<TMessage>(TMessage Message, LogPosition Position)
{
    /// <summary>The tenant that it belongs to.</summary>
    public string Tenant { get; init; } = Common.Tenant.Default;

    /// <summary>
    /// The message's first position: for a replayed dead letter its original position, else <see cref="Position"/>. Effects are counted
    /// once per source.
    /// </summary>
    public LogPosition Source { get; init; } = Position;

    /// <summary>W3C trace context of whoever published it; null without one.</summary>
    public string? TraceParent { get; init; }
}
