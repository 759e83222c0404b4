using System.Collections.Concurrent;
using Contracts.Messaging;

namespace Tests.Support;

/// <summary>Records what a log delivers; can be told to fail first.</summary>
/// <param name="identify">What a message is known by when it comes again.</param>
public class RecordingHandler<TMessage>(Func<TMessage, object> identify) : IBatchHandler<TMessage>
    where TMessage : class
{
    private readonly ConcurrentQueue<Received<TMessage>> kept = new();
    private int calls;

    /// <summary>Called before a batch is kept; may throw or wait.</summary>
    public Func<IReadOnlyList<TMessage>, Task>? Before { get; set; }

    public IReadOnlyList<TMessage> Messages => [.. kept.Select(each => each.Message)];

    /// <summary>The same, with each message's position.</summary>
    public IReadOnlyList<Received<TMessage>> Received => [.. kept];

    /// <summary>
    /// Each message as it first came: a log that keeps messages redelivers some when it cannot know whether they were applied, for example
    /// after a consumer stalled.
    /// </summary>
    public IReadOnlyList<TMessage> FirstTimes => [.. Messages.DistinctBy(identify)];

    /// <summary>Number of messages delivered, repetitions included.</summary>
    public int Count => kept.Count;

    /// <summary>Number of calls begun, failed ones included.</summary>
    public int Calls => Volatile.Read(ref calls);

    public async Task HandleAsync(IReadOnlyList<Received<TMessage>> messages, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref calls);
        if (Before is { } before)
        {
            await before([.. messages.Select(each => each.Message)]).WaitAsync(cancellationToken);
        }

        foreach (var each in messages)
        {
            kept.Enqueue(each);
        }
    }
}
