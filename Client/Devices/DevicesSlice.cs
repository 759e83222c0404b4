using Client.Slices;
using Infrastructure.Devices.Sqlite;
using Infrastructure.Storage.Sqlite;

namespace Client.Devices;

/// <summary>The command line's part of devices.</summary>
internal sealed class DevicesSlice : ClientSlice
{
    public override SliceCheck Check => DeviceCheck.Instance;
}
