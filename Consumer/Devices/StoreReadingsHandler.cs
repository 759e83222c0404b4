using Consumer.Events;
using Contracts.Devices;
using Contracts.Events;
using Contracts.Live;
using Contracts.Messaging;

namespace Consumer.Devices;

/// <summary>Stores readings, then tells others.</summary>
internal sealed class StoreReadingsHandler(IDeviceStore store, ILiveNotices live, IAnnouncements<ReadingsRecorded> announcements)
    : IBatchHandler<ReadingsReceived>
{
    public async Task HandleAsync(IReadOnlyList<Received<ReadingsReceived>> messages, CancellationToken cancellationToken)
    {
        await store.AddAsync(messages, cancellationToken);
        foreach (var message in messages)
        {
            live.Note(message.Tenant, DeviceMessages.Topic, message.Message.Device);
        }

        var stored = await PurgedEvents.LeaveOutAsync(
            messages,
            await store.FindPurgedAsync(cancellationToken),
            message => message.At.Select(at => ((message.Device, at), at)),
            (tenant, keys) => store.FindSourcesAsync(tenant, keys, cancellationToken),
            (message, kept) => message with
            {
                At = [.. kept.Select(index => message.At[index])],
                Counts = [.. kept.Select(index => message.Counts[index])],
            });

        // Before the log moves on: if the service is killed in between, the messages come again, and are announced again.
        await Announcing.RunAsync(announcements, stored, Tell, cancellationToken);
    }

    private static ReadingsRecorded Tell(Received<ReadingsReceived> received)
    {
        var message = received.Message;
        return new ReadingsRecorded(
            message.Device, received.Source.ToString(), message.At.Count, message.At.Count == 0 ? 0 : message.At.Max(),
            message.Stamp.ReceivedAt);
    }
}
