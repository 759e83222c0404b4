namespace Contracts.Messaging;

/// <summary>What is known of published messages, beyond that they are durable.</summary>
/// <param name="Effects">How far their effects are, and how a reader can tell.</param>
public readonly record struct PublishReceipt(MessageEffects Effects);
