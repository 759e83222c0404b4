using Contracts.Messaging;
using Contracts.Timers;

namespace Tests.Support;

/// <summary>Messages as a log without positions hands them over.</summary>
internal static class Arrivals
{
    public static IReadOnlyList<Received<TMessage>> Of<TMessage>(IEnumerable<TMessage> messages) =>
        [.. messages.Select(message => new Received<TMessage>(message, LogPosition.None))];

    public static Task AddAsync(this ITimerStore store, IReadOnlyList<TimerScheduled> created, CancellationToken cancellationToken) =>
        store.AddAsync(Of(created), cancellationToken);

    public static Task HandleAsync<TMessage>(
        this IBatchHandler<TMessage> handler, IReadOnlyList<TMessage> messages, CancellationToken cancellationToken) =>
        handler.HandleAsync(Of(messages), cancellationToken);
}
