using Contracts.Messaging;

namespace Infrastructure.Messaging;

/// <summary>What stands in for a message whose bytes cannot be read, or whose type nobody here handles.</summary>
/// <param name="Type">The type's name as its headers say; empty without.</param>
/// <param name="Key">Its key; empty without.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="Reason">Why it cannot be read.</param>
internal sealed record UnreadableMessage(string Type, string Key, ReadOnlyMemory<byte> Content, MessageRejectedException Reason);
