using Contracts.Common;
using Contracts.Messaging;

namespace Contracts.Events;

/// <summary>What became of an event, told by comparing sources.</summary>
public static class EventTracks
{
    /// <summary>Compares what is stored under an event's key with the event's own source.</summary>
    /// <param name="stored">The source of what is stored; null for nothing.</param>
    /// <param name="own">The source of the event that is asked about.</param>
    /// <param name="location">The address of what is stored.</param>
    /// <returns>Null if nothing of it is stored: what came after it is another event, of a time after an erasure.</returns>
    public static TrackedEvent? Tell(EventSource? stored, EventSource own, string location) =>
        stored is not { } source || source.IsAfter(own) ? null
        : new TrackedEvent(source == own ? TrackedState.Applied : TrackedState.Duplicate, location);

    /// <summary>Whether an erasure covers what stands at a position, or stands there itself; that of another log covers all.</summary>
    /// <param name="erasure">The position of the latest erasure; null if there was none.</param>
    /// <param name="position">The position that is asked about.</param>
    public static bool IsErased(LogPosition? erasure, LogPosition position) =>
        erasure is { } at
        && (at.Epoch != position.Epoch || at.Partition != position.Partition || at.Offset >= position.Offset);
}
