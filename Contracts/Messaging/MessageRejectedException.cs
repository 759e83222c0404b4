namespace Contracts.Messaging;

/// <summary>A message can never be applied, whatever happens: it becomes a dead letter at once.</summary>
/// <param name="message">Why, in words for whoever looks at the dead letter.</param>
/// <param name="inner">What failed, if anything did.</param>
public sealed class MessageRejectedException(string message, Exception? inner = null) : Exception(message, inner);
