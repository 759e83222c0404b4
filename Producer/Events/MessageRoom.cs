namespace Producer.Events;

/// <summary>How much one message may carry; a larger request is several messages.</summary>
/// <param name="MaxEvents">Number of events.</param>
/// <param name="MaxSize">The sum of their sizes; one event may exceed it.</param>
internal sealed record MessageRoom(int MaxEvents, int MaxSize = int.MaxValue);
