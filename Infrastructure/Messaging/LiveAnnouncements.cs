using System.Text.Json;
using Contracts.Events;
using Contracts.Live;
using Contracts.Messaging;

namespace Infrastructure.Messaging;

/// <summary>Announces to watchers in this process: there is no log that others could subscribe to.</summary>
internal sealed class LiveAnnouncements<TMessage>(MessageType<TMessage> type, ILiveFeed feed) : IAnnouncements<TMessage>
{
    public async Task AnnounceAsync(string tenant, IReadOnlyList<TMessage> messages, CancellationToken cancellationToken)
    {
        foreach (var message in messages)
        {
            await feed.PublishAsync(tenant, type.Topic, JsonSerializer.SerializeToUtf8Bytes(message, type.Json), cancellationToken);
        }
    }
}
