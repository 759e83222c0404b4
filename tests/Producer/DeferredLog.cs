using System.Collections.Concurrent;
using Contracts.Common;
using Contracts.Messaging;
using Contracts.Timers;
using Tests.Support;

namespace Tests.Producer;

/// <summary>A log that a Consumer has yet to apply, as a broker's is: messages are durable, and stored when a test says so.</summary>
internal sealed class DeferredLog : IEventPublisher<TimerScheduled>
{
    private static readonly Guid Epoch = Guid.NewGuid();
    private readonly ConcurrentQueue<TimerScheduled> waiting = new();

    private long offset;

    public int Count => waiting.Count;

    /// <summary>Whether its receipts tell positions.</summary>
    public bool HasPositions { get; init; }

    public Task<PublishReceipt> PublishAsync(
        IReadOnlyList<TimerScheduled> messages, MessageContext context, CancellationToken cancellationToken)
    {
        foreach (var message in messages)
        {
            waiting.Enqueue(message);
        }

        return Task.FromResult(new PublishReceipt(MessageEffects.Tracked)
        {
            Positions = HasPositions ? [.. messages.Select(_ => new LogPosition(Epoch, 0, offset++))] : [],
        });
    }

    public async Task ApplyAsync(ITimerStore store)
    {
        while (waiting.TryDequeue(out var message))
        {
            await store.AddAsync([message], default);
        }
    }
}
