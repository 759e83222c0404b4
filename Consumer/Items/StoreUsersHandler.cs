using Contracts.Items;
using Contracts.Messaging;

namespace Consumer.Items;

/// <summary>Stores users, then tells others.</summary>
internal sealed class StoreUsersHandler(IItemStore store, ItemNews news) : IBatchHandler<UserCreated>
{
    public async Task HandleAsync(IReadOnlyList<Received<UserCreated>> messages, CancellationToken cancellationToken)
    {
        await store.AddAsync(messages, cancellationToken);
        await news.TellAsync(messages, ItemStatistic.Users, Tell, cancellationToken);
    }

    private static ItemHappened Tell(Received<UserCreated> received) => new(
        received.Message.User, ItemHappened.UserCreated, received.Source.ToString(), received.Message.At,
        received.Message.Stamp.ReceivedAt);
}
