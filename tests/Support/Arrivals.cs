using Contracts.Common;
using Contracts.Messaging;
using Contracts.Timers;

namespace Tests.Support;

/// <summary>Messages as a log without positions delivers them.</summary>
internal static class Arrivals
{
    public static IReadOnlyList<Received<TMessage>> Of<TMessage>(IEnumerable<TMessage> messages) =>
        [.. messages.Select(message => new Received<TMessage>(message, LogPosition.None))];

    public static Task AddAsync(this ITimerStore store, IReadOnlyList<TimerScheduled> created, CancellationToken cancellationToken) =>
        store.AddAsync(Of(created), cancellationToken);

    // Calls that concern only one tenant use the default one.
    public static Task<IReadOnlyList<TimerRecord>> FindAsync(
        this ITimerStore store, IReadOnlyList<Guid> keys, CancellationToken cancellationToken) =>
        store.FindAsync(Tenant.Default, keys, cancellationToken);

    public static Task<IReadOnlyList<AttemptRecord>> FindAttemptsAsync(
        this ITimerStore store, Guid key, CancellationToken cancellationToken) =>
        store.FindAttemptsAsync(Tenant.Default, key, cancellationToken);

    public static Task<AttemptRecord?> FindLastAttemptAsync(this ITimerStore store, Guid key, CancellationToken cancellationToken) =>
        store.FindLastAttemptAsync(Tenant.Default, key, cancellationToken);

    public static Task<TimerCounts> CountAsync(this ITimerStore store, CancellationToken cancellationToken) =>
        store.CountAsync(Tenant.Default, cancellationToken);

    public static Task HandleAsync<TMessage>(
        this IBatchHandler<TMessage> handler, IReadOnlyList<TMessage> messages, CancellationToken cancellationToken) =>
        handler.HandleAsync(Of(messages), cancellationToken);
}
