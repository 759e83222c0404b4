using Contracts.Common;
using Contracts.Items;
using Contracts.Messaging;

namespace Infrastructure.Items.Common;

/// <summary>What every store asks of a message before it stores any of it.</summary>
internal static class ReceivedItems
{
    /// <exception cref="MessageRejectedException">One of them can never be stored.</exception>
    public static void Check(IReadOnlyList<Received<UserCreated>> messages)
    {
        foreach (var each in messages)
        {
            Check(each.Source, each.Message.User, each.Message.At);
        }
    }

    /// <inheritdoc cref="Check(IReadOnlyList{Received{UserCreated}})"/>
    public static void Check(IReadOnlyList<Received<BaseItemCreated>> messages)
    {
        foreach (var each in messages)
        {
            Check(each.Source, each.Message.BaseItem, each.Message.At);
        }
    }

    /// <inheritdoc cref="Check(IReadOnlyList{Received{UserCreated}})"/>
    public static void Check(IReadOnlyList<Received<ItemCreated>> messages)
    {
        foreach (var each in messages)
        {
            Check(each.Source, each.Message.Item, each.Message.At);
            CheckId(each.Message.BaseItem);
        }
    }

    /// <inheritdoc cref="Check(IReadOnlyList{Received{UserCreated}})"/>
    public static void Check(IReadOnlyList<Received<ItemTransferred>> messages)
    {
        foreach (var each in messages)
        {
            Check(each.Source, each.Message.Item, each.Message.At);
            CheckId(each.Message.To);
            if (each.Message.EventId.Length is 0 or > ItemTransferred.MaxEventIdLength)
            {
                throw new MessageRejectedException("The transfer has no id, or one that is too long.");
            }
        }
    }

    /// <inheritdoc cref="Check(IReadOnlyList{Received{UserCreated}})"/>
    public static void Check(IReadOnlyList<Received<ItemUserErased>> messages)
    {
        foreach (var each in messages)
        {
            CheckSource(each.Source);
            CheckId(each.Message.User);
        }
    }

    private static void CheckSource(LogPosition source)
    {
        if (!source.IsKnown)
        {
            throw new MessageRejectedException("It has no position on its log, so it could be counted twice.");
        }
    }

    private static void Check(LogPosition source, Guid id, long at)
    {
        CheckSource(source);
        CheckId(id);
        if (!TickTime.IsValid(at))
        {
            throw new MessageRejectedException($"The instant {at} lies outside of the years 1 to 9999.");
        }
    }

    private static void CheckId(Guid id)
    {
        if (id == Guid.Empty)
        {
            throw new MessageRejectedException("It lacks an id.");
        }
    }
}
