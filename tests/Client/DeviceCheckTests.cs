using Contracts.Common;
using Contracts.Devices;
using Contracts.Events;
using Contracts.Messaging;
using Infrastructure.Devices.Sqlite;
using Infrastructure.Storage.Sqlite;
using Tests.Support;

namespace Tests.Client;

/// <summary><c>timers check</c> of devices.db: totals against rows, and rows without an owner.</summary>
public sealed class DeviceCheckTests
{
    [TestCase("UPDATE devices SET total_low = 8", "3 readings of together 8")]
    [TestCase("UPDATE devices SET latest = 9", "the latest at 9")]
    [TestCase("DELETE FROM readings WHERE at = 1", "its rows have 2 readings")]
    [TestCase("UPDATE readings SET device = 99 WHERE at = 1", "Of device number 99, 1 readings belong to no device")]
    [TestCase("UPDATE readings SET log = 99 WHERE at = 1", "or to no log")]
    [TestCase("DELETE FROM tags", "The device '1234' is listed by the tag 'door'")]
    [TestCase("UPDATE tags SET tag = 'window'", "by the tag 'window' but not set to it")]
    [TestCase("UPDATE devices SET tenant = 5", "The tenant of the device '1234' is unknown.")]
    public async Task What_does_not_fit_is_told(string damage, string told)
    {
        using var folder = new TemporaryFolder();
        using (var file = new SqliteFile(folder.File("devices.db"), DeviceSchema.Apply))
        {
            var store = new SqliteDeviceStore(file);
            await store.ConfigureAsync("default", "1234", new DeviceSettings(null, ["door", "door"], null, null), Clocks.Noon, default);
            await store.AddAsync(
                [new Received<ReadingsReceived>(
                    new ReadingsReceived("1234", [1, 2, 3], [1, 2, 3], new EventStamp(Clocks.Noon)),
                    new LogPosition(Guid.NewGuid(), 0, 0))],
                default);
        }

        Assert.That(Faults(), Is.Empty);
        using (var connection = new SqliteConnection(folder.File("devices.db"), readOnly: false))
        {
            connection.Execute(damage);
        }

        Assert.That(Faults(), Has.Some.Contains(told));

        List<string> Faults() => [.. FolderCheck.Run(folder.Path, [DeviceCheck.Instance]).SelectMany(each => each.Faults)];
    }
}
