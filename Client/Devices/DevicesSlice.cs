using System.CommandLine;
using Client.Sending;
using Client.Slices;
using Client.Tailing;
using ClientLibrary.Devices;
using Infrastructure.Devices.Sqlite;
using Infrastructure.Storage.Sqlite;

namespace Client.Devices;

/// <summary>The command line's part of devices.</summary>
internal sealed class DevicesSlice : ClientSlice
{
    public override SliceCheck Check => DeviceCheck.Instance;

    public override EventFeed Feed { get; } = DeviceFeed.Create();

    public override Command CreateTail(TailCommand tail)
    {
        var device = new Option<string?>("--device") { Description = "Only this one." };
        var tag = new Option<string?>("--tag") { Description = "Only those with this tag." };
        return tail.Create(
            new Command("devices", "Devices as they change.") { device, tag },
            (connection, parsed, since, cancellationToken) => new DeviceClient(connection).WatchAsync(
                parsed.GetValue(device), parsed.GetValue(tag), since, cancellationToken));
    }
}
