using Contracts.Common;

namespace Infrastructure.Messaging;

/// <summary>A message of a publication that waits for its effects.</summary>
internal sealed class InProcessEntry(MessageRoute route, object message, LogPosition position, InProcessPublication publication, int index)
    : LogEntry(route, message, position)
{
    public InProcessPublication Publication => publication;

    /// <summary>Its place in the publication.</summary>
    public int Index => index;
}
