using Contracts.Messaging;
using Contracts.Storage;

namespace Contracts.Events;

/// <summary>Announces what a batch has done, tenant by tenant, in the order of the batch.</summary>
public static class Announcing
{
    /// <summary>Completes when all of it is durable.</summary>
    /// <exception cref="StoreUnavailableException">
    /// It is not: the batch is to be tried again as if the store had not answered, for its effects count once.
    /// </exception>
    public static async Task RunAsync<TMessage, TAnnounced>(
        IAnnouncements<TAnnounced> announcements, IReadOnlyList<Received<TMessage>> messages,
        Func<Received<TMessage>, TAnnounced> tell, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(announcements);
        try
        {
            foreach (var group in messages.GroupBy(message => message.Tenant, StringComparer.Ordinal))
            {
                await announcements.AnnounceAsync(group.Key, [.. group.Select(tell)], cancellationToken);
            }
        }
        catch (LogUnavailableException unavailable)
        {
            throw new StoreUnavailableException(WriteOutcome.Unknown, unavailable.Message, unavailable);
        }
    }
}
