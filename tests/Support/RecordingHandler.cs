using System.Collections.Concurrent;
using Contracts.Messaging;
using Contracts.Timers;

namespace Tests.Support;

/// <summary>Keeps what a log hands over; may be told to fail first.</summary>
public sealed class RecordingHandler : IBatchHandler<TimerScheduled>
{
    private readonly ConcurrentQueue<Received<TimerScheduled>> kept = new();
    private int calls;

    /// <summary>Called before a batch is kept; may throw or wait.</summary>
    public Func<IReadOnlyList<TimerScheduled>, Task>? Before { get; set; }

    public IReadOnlyList<TimerScheduled> Messages => [.. kept.Select(each => each.Message)];

    /// <summary>The same with where each stood.</summary>
    public IReadOnlyList<Received<TimerScheduled>> Received => [.. kept];

    /// <summary>
    /// Each message as it came first: a log that keeps messages hands some over again when it cannot know whether they
    /// were applied, such as after a consumer that stood still.
    /// </summary>
    public IReadOnlyList<TimerScheduled> FirstTimes => [.. Messages.DistinctBy(message => (message.TimerId, message.Fingerprint))];

    /// <summary>Messages that were handed over, repetitions included.</summary>
    public int Count => kept.Count;

    /// <summary>Calls begun, failed ones included.</summary>
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
