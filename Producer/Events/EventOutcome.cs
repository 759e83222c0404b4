
namespace Producer.Events;

/// <summary>What became of an accepted event.</summary>
/// <param name="Status">The HTTP status that it has alone, and as an item.</param>
/// <param name="TrackingId">Names it at <c>/api/v1/events/{trackingId}</c>.</param>
/// <param name="Reason">Why it was refused or has no effect; null if it has.</param>
internal sealed record EventOutcome(int Status, string? TrackingId, string? Reason = null)
{
    /// <summary>Whether an earlier event said it already.</summary>
    public bool IsDuplicate { get; init; }

    /// <summary>The address of what it is stored in.</summary>
    public string? Location { get; init; }

    /// <summary>The id of what it creates; null where an event creates nothing that has one.</summary>
    public string? Id { get; init; }

    /// <summary>It refers to what is not there, and may be accepted once that is.</summary>
    public static EventOutcome Missing(string reason) => new(StatusCodes.Status404NotFound, TrackingId: null, reason);

    /// <summary>Its effects are stored.</summary>
    public static EventOutcome Applied(string? trackingId, string? location) =>
        new(StatusCodes.Status201Created, trackingId) { Location = location };

    /// <summary>It is durable, and its effects are yet to come.</summary>
    public static EventOutcome Queued(string trackingId, string? location) =>
        new(StatusCodes.Status202Accepted, trackingId) { Location = location };

    /// <summary>An earlier one said it already; this one changed nothing.</summary>
    public static EventOutcome Duplicate(string? trackingId, string? location, string reason) =>
        new(StatusCodes.Status200OK, trackingId, reason) { IsDuplicate = true, Location = location };

    /// <summary>It cannot have an effect.</summary>
    public static EventOutcome Refused(string? trackingId, string reason) =>
        new(StatusCodes.Status422UnprocessableEntity, trackingId, reason);

    /// <summary>It was accepted and could not be applied.</summary>
    public static EventOutcome DeadLettered(string? trackingId, string reason, string deadLetter) =>
        new(StatusCodes.Status500InternalServerError, trackingId, $"{reason} It is kept as the dead letter '{deadLetter}'.");
}
