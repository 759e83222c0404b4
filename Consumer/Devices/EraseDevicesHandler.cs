using Contracts.Devices;
using Contracts.Events;
using Contracts.Live;
using Contracts.Messaging;

namespace Consumer.Devices;

/// <summary>Erases devices with their dead letters, then tells others.</summary>
internal sealed class EraseDevicesHandler(
    IDeviceStore store, IDeadLetterStore deadLetters, ILiveNotices live, IAnnouncements<DeviceHappened> announcements)
    : IBatchHandler<DeviceErased>
{
    public async Task HandleAsync(IReadOnlyList<Received<DeviceErased>> messages, CancellationToken cancellationToken)
    {
        await store.EraseAsync(messages, cancellationToken);
        foreach (var message in messages)
        {
            live.Note(message.Tenant, DeviceMessages.Topic, message.Message.Device);
            await EraseDeadLettersAsync(message, cancellationToken);
        }

        await Announcing.RunAsync(
            announcements,
            messages,
            each => new DeviceHappened(each.Message.Device, "erased", each.Source.ToString(), each.Message.Stamp.ReceivedAt),
            cancellationToken);
    }

    private async Task EraseDeadLettersAsync(Received<DeviceErased> message, CancellationToken cancellationToken)
    {
        while (await deadLetters.FindLatestOpenAsync(
            message.Tenant, DeviceMessages.Topic, message.Message.Device, cancellationToken) is { } letter)
        {
            // False if somebody has changed it meanwhile: it is found again, as it is now.
            await deadLetters.TryDeleteAsync(letter, cancellationToken);
        }
    }
}
