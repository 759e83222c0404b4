using Consumer.Events;
using Contracts.Devices;
using Contracts.Events;
using Contracts.Live;
using Contracts.Messaging;

namespace Consumer.Devices;

/// <summary>Erases devices with their dead letters, then tells others.</summary>
internal sealed class EraseDevicesHandler(
    IDeviceStore store, DeadLetterErasure deadLetters, ILiveNotices live, IAnnouncements<DeviceHappened> announcements)
    : IBatchHandler<DeviceErased>
{
    public async Task HandleAsync(IReadOnlyList<Received<DeviceErased>> messages, CancellationToken cancellationToken)
    {
        // Before they are gone: their watchers by tag have to forget them.
        var tags = new Dictionary<(string Tenant, string Device), IReadOnlyList<string>>();
        foreach (var message in messages)
        {
            var device = await store.FindAsync(message.Tenant, message.Message.Device, cancellationToken);
            tags[(message.Tenant, message.Message.Device)] = device?.Settings.Tags ?? [];
        }

        await store.EraseAsync(messages, cancellationToken);
        foreach (var message in messages)
        {
            var device = message.Message.Device;
            live.Note(message.Tenant, DeviceMessages.Topic, device, tags[(message.Tenant, device)]);
            await deadLetters.EraseAsync(message, DeviceMessages.Topic, device, static _ => null, cancellationToken);
        }

        await Announcing.RunAsync(
            announcements,
            messages,
            each => new DeviceHappened(each.Message.Device, "erased", each.Source.ToString(), each.Message.Stamp.ReceivedAt),
            cancellationToken);
    }
}
