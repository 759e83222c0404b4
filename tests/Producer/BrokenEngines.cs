using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;

namespace Tests.Producer;

/// <summary>A log and a store that never answer.</summary>
internal sealed class BrokenEngines : ITimerStore, IEventPublisher<TimerScheduled>
{
    public const string Reason = "The disk is full.";

    public WriteOutcome Outcome { get; set; }

    public Task<PublishReceipt> PublishAsync(
        IReadOnlyList<TimerScheduled> messages, MessageContext context, CancellationToken cancellationToken) =>
        Task.FromException<PublishReceipt>(new LogUnavailableException(Outcome, Reason));

    public Task AddAsync(IReadOnlyList<Received<TimerScheduled>> created, CancellationToken cancellationToken) => Fail<bool>();

    public Task<IReadOnlyList<TimerRecord>> FindAsync(string tenant, IReadOnlyList<Guid> keys, CancellationToken cancellationToken) =>
        Fail<IReadOnlyList<TimerRecord>>();

    public Task<IReadOnlyList<AttemptRecord>> FindAttemptsAsync(string tenant, Guid key, CancellationToken cancellationToken) =>
        Fail<IReadOnlyList<AttemptRecord>>();

    public Task<AttemptRecord?> FindLastAttemptAsync(string tenant, Guid key, CancellationToken cancellationToken) =>
        Fail<AttemptRecord?>();

    public Task<TimerPage> ListAsync(TimerQuery query, CancellationToken cancellationToken) => Fail<TimerPage>();

    public Task<TimerCounts> CountAsync(string tenant, CancellationToken cancellationToken) => Fail<TimerCounts>();

    public Task<bool> TryReplaceAsync(TimerRecord read, TimerRecord changed, CancellationToken cancellationToken) => Fail<bool>();

    public Task<bool> TryEraseAsync(TimerRecord read, DateTimeOffset at, CancellationToken cancellationToken) => Fail<bool>();

    private Task<T> Fail<T>() => Task.FromException<T>(new StoreUnavailableException(Outcome, Reason));
}
