namespace Contracts.Messaging;

/// <summary>What is known of published messages, beyond that they are durable.</summary>
/// <param name="Stored">True when their effects are in the store already; false when a Consumer has yet to apply them.</param>
public readonly record struct PublishReceipt(bool Stored);
