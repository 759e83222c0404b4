using Contracts.Common;
using Contracts.Events;

namespace Producer.Events;

/// <summary>A valid event on its way: which message carries it, and what became of it.</summary>
internal abstract class CarriedEvent
{
    /// <summary>Its place in the message, from 0.</summary>
    public int Index { get; private set; }

    /// <summary>What became of the message; null until it is durable.</summary>
    public AcceptedEvent? Accepted { get; private set; }

    public EventState State { get; private set; }

    /// <summary>Where it comes from, if it is stored.</summary>
    public EventSource Source => new(Accepted!.Tracking.Position, Index);

    /// <summary>The address of what it is stored in.</summary>
    public abstract string Location { get; }

    /// <summary>The id of what it creates; null if that has none.</summary>
    public virtual string? Id => null;

    /// <summary>Names it at <c>/api/v1/events/{trackingId}</c>. By default it is its message's only one.</summary>
    /// <param name="tenant">Whose.</param>
    public virtual TrackingId TrackingOf(string tenant) => Accepted!.Tracking;

    public void Carry(AcceptedEvent message, int index) => (Accepted, Index) = (message, index);

    /// <summary>
    /// Compares what the store has of it with its own source: a repetition and the first delivery are told alike. What came later was
    /// stored anew, after this one was erased.
    /// </summary>
    public void Compare(EventSource? stored) => State = stored is not { } source || source.IsAfter(Source) ? EventState.Dropped
        : source == Source ? EventState.Recorded : EventState.Duplicate;

    /// <summary>The event's outcome, alone or as an item.</summary>
    /// <param name="tracking">Names it at <c>/api/v1/events/{trackingId}</c>.</param>
    /// <param name="location">The address of what it is stored in; null for none.</param>
    /// <param name="reasons">Why it may have no effect.</param>
    public EventOutcome Tell(string tracking, string? location, EventReasons reasons) =>
        Accepted!.Rejected is { } rejected ? EventOutcome.DeadLettered(tracking, rejected.Reason, rejected.DeadLetter)
        : State switch
        {
            EventState.Queued => EventOutcome.Queued(tracking, location) with { Id = Id },
            EventState.Recorded => EventOutcome.Applied(tracking, location) with { Id = Id },
            EventState.Duplicate => EventOutcome.Duplicate(tracking, location, reasons.Duplicate) with { Id = Id },
            _ => EventOutcome.Refused(tracking, reasons.Dropped),
        };
}

/// <summary>Why an event has no effect, in words for the client.</summary>
/// <param name="Duplicate">Why a duplicate has none.</param>
/// <param name="Dropped">Why it was left out.</param>
internal sealed record EventReasons(string Duplicate, string Dropped);
