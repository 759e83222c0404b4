using Contracts.Common;
using Contracts.Messaging;
using Contracts.Revenue;

namespace Infrastructure.Revenue.Common;

/// <summary>What every store asks of a message before it stores any of it.</summary>
internal static class ReceivedRevenue
{
    /// <exception cref="MessageRejectedException">One of them can never be stored.</exception>
    public static void Check(IReadOnlyList<Received<RevenueReceived>> messages)
    {
        foreach (var message in messages)
        {
            CheckSource(message.Message.User, message.Source);
            if (message.Message.Events.Count > RevenueReceived.MaxEvents)
            {
                throw new MessageRejectedException($"It holds {message.Message.Events.Count} events.");
            }

            foreach (var each in message.Message.Events)
            {
                CheckEvent(each);
            }
        }
    }

    /// <inheritdoc cref="Check(IReadOnlyList{Received{RevenueReceived}})"/>
    public static void Check(IReadOnlyList<Received<RevenueAdjusted>> messages)
    {
        foreach (var message in messages)
        {
            CheckSource(message.Message.User, message.Source);
            CheckEntry(message.Message.EventId, message.Message.At, message.Message.Delta);
            if (message.Message.Original.Length == 0)
            {
                throw new MessageRejectedException("The adjustment names no event.");
            }
        }
    }

    /// <inheritdoc cref="Check(IReadOnlyList{Received{RevenueReceived}})"/>
    public static void Check(IReadOnlyList<Received<RevenueUserErased>> messages)
    {
        foreach (var message in messages)
        {
            CheckSource(message.Message.User, message.Source);
        }
    }

    private static void CheckEvent(RevenueEvent each)
    {
        CheckEntry(each.EventId, each.At, each.Value);
        if (each.Name.Length == 0 || !Enum.IsDefined(each.Sign))
        {
            throw new MessageRejectedException($"The event {each.EventId} has no name, or neither adds nor subtracts.");
        }

        if (each.Value.Units < 0)
        {
            throw new MessageRejectedException($"The value {each.Value} of the event {each.EventId} is below 0.");
        }

        if (each.Currency.Length is 0 or > RevenueEvent.MaxCurrencyLength)
        {
            throw new MessageRejectedException($"The event {each.EventId} has no currency, or one that is too long.");
        }
    }

    private static void CheckEntry(string id, long at, Amount amount)
    {
        if (id.Length == 0)
        {
            throw new MessageRejectedException("It has an entry without an id.");
        }

        if (!TickTime.IsValid(at))
        {
            throw new MessageRejectedException($"The instant {at} lies outside of the years 1 to 9999.");
        }

        if (!amount.IsWithinBounds)
        {
            throw new MessageRejectedException($"The amount {amount} has more than {Amount.MaxWholeDigits} digits before the point.");
        }
    }

    private static void CheckSource(string user, LogPosition source)
    {
        if (!source.IsKnown)
        {
            throw new MessageRejectedException("It has no position on its log, so it could be counted twice.");
        }

        if (user.Length == 0)
        {
            throw new MessageRejectedException("It names no user.");
        }
    }
}
