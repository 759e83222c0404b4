using System.Runtime.InteropServices;
using Contracts.Common;

namespace Contracts.Events;

/// <summary>Where an event came from: effects are counted once for each source.</summary>
/// <param name="Position">The first position of the message that carried it.</param>
/// <param name="Index">Its place in that message, from 0.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct EventSource(LogPosition Position, int Index)
{
    /// <summary>
    /// Whether it comes after another one of the same log; of another log that cannot be said. What is stored under a later source than an
    /// event's own was stored anew after the event was erased or purged, and says nothing of it.
    /// </summary>
    public bool IsAfter(EventSource other) =>
        Position.Epoch == other.Position.Epoch && Position.Partition == other.Position.Partition
        && (Position.Offset, Index).CompareTo((other.Position.Offset, other.Index)) > 0;
}
