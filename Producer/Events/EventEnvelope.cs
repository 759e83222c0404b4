namespace Producer.Events;

/// <summary>What a CloudEvent (version 1.0) says of its content.</summary>
/// <param name="EventId">Source and id, which together are unique (<see cref="EventIds.OfEnvelope"/>).</param>
/// <param name="Subject">What it is about within its source; null if it does not say.</param>
/// <param name="Time">When it happened, as written; null if it does not say.</param>
internal sealed record EventEnvelope(string EventId, string? Subject, string? Time);
