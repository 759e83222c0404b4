using Contracts.Common;
using Contracts.Devices;
using Contracts.Messaging;

namespace Infrastructure.Devices.Common;

/// <summary>What every store asks of a message before it stores any of it.</summary>
internal static class ReceivedReadings
{
    /// <exception cref="MessageRejectedException">One of them can never be stored.</exception>
    public static void Check(IReadOnlyList<Received<ReadingsReceived>> messages)
    {
        foreach (var message in messages)
        {
            var (at, counts) = (message.Message.At, message.Message.Counts);
            CheckSource(message.Message.Device, message.Source);
            if (at.Count != counts.Count || at.Count > ReadingsReceived.MaxReadings)
            {
                throw new MessageRejectedException($"It holds {at.Count} instants and {counts.Count} counts.");
            }

            for (var i = 0; i < at.Count; i++)
            {
                CheckInstant(at[i]);
            }
        }
    }

    /// <inheritdoc cref="Check(IReadOnlyList{Received{ReadingsReceived}})"/>
    public static void Check(IReadOnlyList<Received<ReadingAdjusted>> messages)
    {
        foreach (var message in messages)
        {
            CheckSource(message.Message.Device, message.Source);
            CheckInstant(message.Message.At);
            if (message.Message.EventId.Length == 0)
            {
                throw new MessageRejectedException("The adjustment has no id.");
            }
        }
    }

    /// <inheritdoc cref="Check(IReadOnlyList{Received{ReadingsReceived}})"/>
    public static void Check(IReadOnlyList<Received<DeviceErased>> messages)
    {
        foreach (var message in messages)
        {
            CheckSource(message.Message.Device, message.Source);
        }
    }

    private static void CheckSource(string device, LogPosition source)
    {
        if (!source.IsKnown)
        {
            throw new MessageRejectedException("It has no position on its log, so it could be counted twice.");
        }

        if (device.Length == 0)
        {
            throw new MessageRejectedException("It names no device.");
        }
    }

    private static void CheckInstant(long at)
    {
        if (!TickTime.IsValid(at))
        {
            throw new MessageRejectedException($"The instant {at} lies outside of the years 1 to 9999.");
        }
    }
}
