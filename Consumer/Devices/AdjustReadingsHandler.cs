using Contracts.Devices;
using Contracts.Events;
using Contracts.Live;
using Contracts.Messaging;

namespace Consumer.Devices;

/// <summary>Stores adjustments, then tells others.</summary>
internal sealed class AdjustReadingsHandler(IDeviceStore store, ILiveNotices live, IAnnouncements<DeviceHappened> announcements)
    : IBatchHandler<ReadingAdjusted>
{
    public async Task HandleAsync(IReadOnlyList<Received<ReadingAdjusted>> messages, CancellationToken cancellationToken)
    {
        await store.AdjustAsync(messages, cancellationToken);
        foreach (var message in messages)
        {
            live.Note(message.Tenant, DeviceMessages.Topic, message.Message.Device);
        }

        await Announcing.RunAsync(
            announcements,
            messages,
            each => new DeviceHappened(each.Message.Device, "adjusted", each.Source.ToString(), each.Message.Stamp.ReceivedAt),
            cancellationToken);
    }
}
