using Producer.Http;

namespace Producer.Events;

/// <summary>One event of a request, while it is processed.</summary>
/// <param name="json">Its content, a JSON value; valid until the request ends.</param>
/// <param name="errors">What is wrong with it so far; an event with any error is refused.</param>
internal sealed class EventItem(ReadOnlyMemory<byte> json, FieldErrors errors)
{
    public ReadOnlyMemory<byte> Json => json;

    public FieldErrors Errors => errors;

    /// <summary>What the envelope of a CloudEvent says; null without one.</summary>
    public EventEnvelope? Envelope { get; init; }

    /// <summary>The id that the client, its envelope or the service gave it.</summary>
    public string? EventId { get; set; }

    /// <summary>What became of it; set by the slice for each item without errors.</summary>
    public EventOutcome? Outcome { get; set; }
}
