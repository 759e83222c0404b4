namespace ClientLibrary.Events;

/// <summary>What became of events that were sent together.</summary>
/// <param name="Accepted">Events that are durable, duplicates included.</param>
/// <param name="Duplicates">Accepted events that an earlier one had said already; they changed nothing.</param>
/// <param name="Refused">Events that were refused.</param>
/// <param name="Results">One for each event, in the order in which they were sent.</param>
public sealed record EventBatch(int Accepted, int Duplicates, int Refused, IReadOnlyList<EventResult> Results);
