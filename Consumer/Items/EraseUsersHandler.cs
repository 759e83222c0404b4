using System.Text;
using Consumer.Events;
using Contracts.Common;
using Contracts.Items;
using Contracts.Messaging;

namespace Consumer.Items;

/// <summary>Erases users with the dead letters that name them, then tells others.</summary>
internal sealed class EraseUsersHandler(IItemStore store, DeadLetterErasure deadLetters, ItemNews news) : IBatchHandler<ItemUserErased>
{
    public async Task HandleAsync(IReadOnlyList<Received<ItemUserErased>> messages, CancellationToken cancellationToken)
    {
        // Before they are gone: watchers have to be told when there was one more.
        var users = new List<(string Tenant, ItemUser User)>();
        foreach (var message in messages)
        {
            users.AddRange((await store.FindUsersAsync(message.Tenant, [message.Message.User], cancellationToken))
                .Select(user => (message.Tenant, user)));
        }

        await store.EraseAsync(messages, cancellationToken);
        users.ForEach(each => news.Note(each.Tenant, ItemStatistic.Users, each.User.CreatedAt));
        foreach (var message in messages)
        {
            // Transfers to the user have their items' keys.
            var name = Encoding.UTF8.GetBytes(message.Message.User.ToString());
            await deadLetters.EraseAsync(
                message, ItemMessages.Topic, key: null,
                letter => letter.Type != ItemMessages.UserErased.Name && letter.Content.Span.IndexOf(name) >= 0 ? null : letter,
                cancellationToken);
        }

        await news.TellAsync(messages, counted: null, Tell, cancellationToken);
    }

    private static ItemHappened Tell(Received<ItemUserErased> received)
    {
        var at = received.Message.Stamp.ReceivedAt;
        return new ItemHappened(received.Message.User, ItemHappened.UserErased, received.Source.ToString(), TickTime.Of(at), at);
    }
}
