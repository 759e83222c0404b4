using System.Collections.Concurrent;
using Contracts.Messaging;
using Contracts.Timers;

namespace Tests.Support;

/// <summary>Keeps what a log hands over; may be told to fail first.</summary>
public sealed class RecordingHandler : IBatchHandler<TimerScheduled>
{
    private readonly ConcurrentQueue<TimerScheduled> kept = new();
    private int calls;

    /// <summary>Called before a batch is kept; may throw or wait.</summary>
    public Func<IReadOnlyList<TimerScheduled>, Task>? Before { get; set; }

    public IReadOnlyList<TimerScheduled> Messages => [.. kept];

    /// <summary>
    /// Each message as it came first: a log that keeps messages hands some over again when it cannot know whether they
    /// were applied, such as after a consumer that stood still.
    /// </summary>
    public IReadOnlyList<TimerScheduled> FirstTimes => [.. kept.DistinctBy(message => (message.TimerId, message.Fingerprint))];

    /// <summary>Messages that were handed over, repetitions included.</summary>
    public int Count => kept.Count;

    /// <summary>Calls begun, failed ones included.</summary>
    public int Calls => Volatile.Read(ref calls);

    public async Task HandleAsync(IReadOnlyList<TimerScheduled> messages, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref calls);
        if (Before is { } before)
        {
            await before(messages).WaitAsync(cancellationToken);
        }

        foreach (var message in messages)
        {
            kept.Enqueue(message);
        }
    }
}
