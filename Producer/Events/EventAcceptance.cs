using Contracts.Common;
using Contracts.Messaging;
using Contracts.Storage;

namespace Producer.Events;

/// <summary>Makes messages durable and reports the result of each; used by every accepting route.</summary>
internal sealed class EventAcceptance<TMessage>(
    IEventPublisher<TMessage> publisher, ILogProgress<TMessage> progress, IDeadLetterStore deadLetters, MessageType<TMessage> type)
    where TMessage : class
{
    /// <summary>Completes when all of them are durable or, if the client waits for that, applied.</summary>
    /// <param name="tenant">The tenant that they belong to.</param>
    /// <param name="messages">The messages to be published, at least one.</param>
    /// <param name="keyOf">What the slice's <see cref="IEventTracker"/> finds a message by.</param>
    /// <param name="wait">How long to wait at most until they are applied; null not to (<c>Prefer: wait=N</c>).</param>
    /// <param name="cancellationToken">Cancelled when the client has gone away.</param>
    /// <exception cref="LogUnavailableException">The messages are not durable, or it is unknown whether they are.</exception>
    public async Task<IReadOnlyList<AcceptedEvent>> AcceptAsync(
        string tenant, IReadOnlyList<TMessage> messages, Func<TMessage, string> keyOf, TimeSpan? wait, CancellationToken cancellationToken)
    {
        var receipt = await publisher.PublishAsync(messages, new MessageContext(tenant), cancellationToken);
        var rejected = receipt.Rejected;
        var isApplied = receipt.Effects == MessageEffects.Stored;
        if (!isApplied && wait is { } time && receipt.Positions.Count > 0)
        {
            (isApplied, rejected) = await WaitAsync(tenant, receipt.Positions, time, cancellationToken);
        }

        var reasons = rejected.ToDictionary(each => each.Index);
        return [.. messages.Select((message, index) => new AcceptedEvent(
            new TrackingId(tenant, type.Topic, keyOf(message), receipt.PositionOf(index)), isApplied, receipt.IsNew(index),
            reasons.GetValueOrDefault(index)))];
    }

    /// <summary>Waits until they are applied, and finds those that could not be: the log tells only how far it is applied.</summary>
    private async Task<(bool IsApplied, IReadOnlyList<RejectedMessage> Rejected)> WaitAsync(
        string tenant, IReadOnlyList<LogPosition> positions, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (!await AreAppliedAsync(positions, wait, cancellationToken))
        {
            return (false, []);
        }

        List<string> ids = [.. positions.Select(position => DeadLetter.IdOf(type.Topic, position))];
        try
        {
            var letters = (await deadLetters.FindOpenAsync(tenant, ids, cancellationToken)).ToDictionary(letter => letter.Id);
            return (true, [.. ids.Index().Where(id => letters.ContainsKey(id.Item)).Select(
                id => new RejectedMessage(id.Index, letters[id.Item].Reason, id.Item))]);
        }
        catch (StoreUnavailableException)
        {
            // They are durable; whether they are applied, the tracking id tells later.
            return (false, []);
        }
    }

    /// <summary>The last one of each partition also answers for those before it.</summary>
    private async Task<bool> AreAppliedAsync(IReadOnlyList<LogPosition> positions, TimeSpan wait, CancellationToken cancellationToken)
    {
        try
        {
            var waits = positions.GroupBy(position => position.Partition)
                .Select(group => progress.WaitUntilAppliedAsync(group.MaxBy(position => position.Offset), wait, cancellationToken));
            return (await Task.WhenAll(waits)).All(applied => applied);
        }
        catch (LogUnavailableException)
        {
            // The messages are durable, which is all that was promised.
            return false;
        }
    }
}

/// <summary>What became of one message.</summary>
/// <param name="Tracking">Names it at <c>/api/v1/events/{trackingId}</c>.</param>
/// <param name="IsApplied">Whether it has been applied.</param>
/// <param name="IsNew">Whether it is known that all that it carries is stored, and was not before.</param>
/// <param name="Rejected">Why it could not be applied; null if it was, or if that is not known yet.</param>
internal sealed record AcceptedEvent(TrackingId Tracking, bool IsApplied, bool IsNew, RejectedMessage? Rejected);
