using Contracts.Common;
using Contracts.Messaging;

namespace Producer.Events;

/// <summary>Finds out the status of an accepted event of any slice.</summary>
internal sealed class EventTracking(IEnumerable<IEventTracker> trackers, IDeadLetterStore deadLetters, IServiceProvider services)
{
    /// <summary>
    /// Minimum wait for the Consumers: a message that was just accepted is usually applied within it.
    /// </summary>
    private static readonly TimeSpan MinWait = TimeSpan.FromMilliseconds(300);

    private readonly Dictionary<string, IEventTracker> byTopic = trackers.ToDictionary(tracker => tracker.Topic, StringComparer.Ordinal);

    /// <summary>
    /// The event's status; null if this tenant was never given this id, or its event is no longer remembered.
    /// </summary>
    /// <param name="tenant">The caller's tenant.</param>
    /// <param name="text">The tracking id.</param>
    /// <param name="wait">How long to wait at most while it is queued; null for a moment.</param>
    /// <param name="cancellationToken">Cancelled when the client has gone away.</param>
    /// <exception cref="LogUnavailableException">The store does not have it, and the log cannot be asked.</exception>
    public async Task<EventResource?> FindAsync(string tenant, string text, TimeSpan? wait, CancellationToken cancellationToken)
    {
        var id = TrackingId.TryParse(text, out var given)
            ? given
            : byTopic.Values.Select(tracker => tracker.Recognize(tenant, text)).FirstOrDefault(recognized => recognized is not null);
        if (id is null || id.Tenant != tenant || !byTopic.TryGetValue(id.Topic, out var tracker))
        {
            return null;
        }

        if (await FindNowAsync(tracker, id, text, cancellationToken) is { } found)
        {
            return found;
        }

        if (services.GetKeyedService<ILogProgress>(id.Topic) is { } progress
            && !await IsAppliedAsync(progress, tracker, id, wait ?? MinWait, cancellationToken))
        {
            return new EventResource { TrackingId = text, State = "queued" };
        }

        // It may have been applied since.
        return await FindNowAsync(tracker, id, text, cancellationToken) ?? await FindByKeyAsync(tracker, id, text, cancellationToken)
            ?? (await tracker.ExplainAsync(id, cancellationToken) is { } reason
                ? new EventResource { TrackingId = text, State = "rejected", Reason = reason } : null);
    }

    /// <summary>
    /// By its position or, if that is unknown, its key. With RabbitMQ at once, because creates are answered when they are stored.
    /// </summary>
    private static Task<bool> IsAppliedAsync(
        ILogProgress progress, IEventTracker tracker, TrackingId id, TimeSpan wait, CancellationToken cancellationToken) =>
        !id.Position.IsKnown && tracker.LogKeyOf(id) is { } key
            ? progress.WaitUntilAppliedAsync(key, wait, cancellationToken)
            : progress.WaitUntilAppliedAsync(id.Position, wait, cancellationToken);

    private async Task<EventResource?> FindNowAsync(IEventTracker tracker, TrackingId id, string text, CancellationToken cancellationToken)
    {
        if (id.Position.IsKnown
            && await deadLetters.FindAsync(id.Tenant, DeadLetter.IdOf(id.Topic, id.Position),
                cancellationToken) is { State: DeadLetterState.Open } letter)
        {
            return Rejected(text, letter);
        }

        return await tracker.FindAsync(id, cancellationToken) is { } tracked
            ? new EventResource
            {
                TrackingId = text,
                State = tracked.State == TrackedState.Duplicate ? "duplicate" : "applied",
                Location = tracked.Location,
            }
            : null;
    }

    /// <summary>
    /// Where the position is not known, its key finds the dead letter. Asked last: as long as the store does not have it and the log is
    /// past its key, an open letter is what became of it.
    /// </summary>
    private async Task<EventResource?> FindByKeyAsync(
        IEventTracker tracker, TrackingId id, string text, CancellationToken cancellationToken) =>
        !id.Position.IsKnown && tracker.LogKeyOf(id) is { } key
        && await deadLetters.FindLatestOpenAsync(id.Tenant, id.Topic, key, cancellationToken) is { } letter
            ? Rejected(text, letter)
            : null;

    private static EventResource Rejected(string text, DeadLetter letter) =>
        new() { TrackingId = text, State = "rejected", Reason = letter.Reason, DeadLetter = letter.Id };
}
