using Contracts.Common;

namespace Infrastructure.Messaging;

/// <summary>A message on its way from a log to its handler.</summary>
/// <param name="route">The handler of its type.</param>
/// <param name="message">What it says; its type is the route's.</param>
/// <param name="position">Its position.</param>
internal class LogEntry(MessageRoute route, object message, LogPosition position)
{
    public MessageRoute Route => route;

    public object Message => message;

    public LogPosition Position { get; } = position;

    /// <summary>False for an <see cref="UnreadableMessage"/>.</summary>
    public bool IsReadable => route != UnreadableRoute.Instance;

    /// <summary>The tenant that it belongs to.</summary>
    public string Tenant { get; init; } = Contracts.Common.Tenant.Default;

    /// <summary>Of a replayed dead letter, where it stood first.</summary>
    public LogPosition Source { get; init; } = position;

    public string? TraceParent { get; init; }

    /// <summary>False when another process has taken it over.</summary>
    public virtual bool IsMine => true;
}
