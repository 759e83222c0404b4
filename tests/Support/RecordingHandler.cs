using System.Collections.Concurrent;
using Contracts.Messaging;
using Contracts.Timers;

namespace Tests.Support;

/// <summary>Records what a log delivers; can be told to fail first.</summary>
public sealed class RecordingHandler : IBatchHandler<TimerScheduled>
{
    private readonly ConcurrentQueue<Received<TimerScheduled>> kept = new();
    private int calls;

    /// <summary>Called before a batch is kept; may throw or wait.</summary>
    public Func<IReadOnlyList<TimerScheduled>, Task>? Before { get; set; }

    public IReadOnlyList<TimerScheduled> Messages => [.. kept.Select(each => each.Message)];

    /// <summary>The same, with each message's position.</summary>
    public IReadOnlyList<Received<TimerScheduled>> Received => [.. kept];

    /// <summary>
    /// Each message as it first came: a log that keeps messages redelivers some when it cannot know whether they were applied, for example
    /// after a consumer stalled.
    /// </summary>
    public IReadOnlyList<TimerScheduled> FirstTimes => [.. Messages.DistinctBy(message => (message.TimerId, message.Fingerprint))];

    /// <summary>Number of messages delivered, repetitions included.</summary>
    public int Count => kept.Count;

    /// <summary>Number of calls begun, failed ones included.</summary>
    public int Calls => Volatile.Read(ref calls);

    public async Task HandleAsync(IReadOnlyList<Received<TimerScheduled>> messages, CancellationToken cancellationToken)
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
