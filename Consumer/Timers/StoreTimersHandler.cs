using Contracts.Live;
using Contracts.Messaging;
using Contracts.Timers;

namespace Consumer.Timers;

/// <summary>Stores created timers, then tells the Runner when they fall due, and watchers that they are there.</summary>
internal sealed class StoreTimersHandler(ITimerStore store, IWakeUps wakeUps, ILiveNotices live) : IBatchHandler<TimerScheduled>
{
    public async Task HandleAsync(IReadOnlyList<Received<TimerScheduled>> messages, CancellationToken cancellationToken)
    {
        foreach (var message in messages)
        {
            if (!TimerKey.IsOwn(message.Tenant, message.Message))
            {
                throw new MessageRejectedException($"The timer's key does not match its id for the tenant '{message.Tenant}'.");
            }
        }

        await store.AddAsync(
            messages.Any(message => message.TraceParent is not null) ? [.. messages.Select(WithTrace)] : messages, cancellationToken);

        // After the store and never before: a Runner that polls too early finds nothing and polls again too late.
        foreach (var message in messages)
        {
            wakeUps.Notify(message.Message.TimerId, message.Message.DueAt);
            live.NoteTimer(message.Tenant, message.Message.TimerId, message.Message.Spec.OwnId);
        }
    }

    /// <summary>With the trace context for the webhook: the log's headers expire, the store keeps it.</summary>
    private static Received<TimerScheduled> WithTrace(Received<TimerScheduled> received)
    {
        var created = received.Message;
        return received with { Message = created with { Spec = created.Spec with { TraceParent = received.TraceParent } } };
    }
}
