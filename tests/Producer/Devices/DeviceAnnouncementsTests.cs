using Contracts.Devices;

namespace Tests.Producer.Devices;

/// <summary>What the embedded service announces on devices.events: to its own process, as there is no log to subscribe to.</summary>
public sealed class DeviceAnnouncementsTests : RestTests
{
    private const string Devices = "/api/v1/devices";

    [Test]
    public async Task What_happened_to_a_device_is_announced_with_the_position_of_its_message()
    {
        var announcements = await Announcements.BeginAsync(App, DeviceMessages.Events);
        await PostAsync($"{Devices}/readings", """[{"device":"a","timestamp":7,"count":1},{"device":"a","timestamp":3,"count":1}]""");
        await PostAsync($"{Devices}/readings", """{"device":"a","timestamp":7,"count":9}""");
        await PostAsync($"{Devices}/adjustments", """{"device":"a","timestamp":7,"delta":1}""");
        await DeleteAsync($"{Devices}/a");

        var told = await announcements.ReadAsync(4);

        Assert.That(told.Select(each => each.GetProperty("device").GetString()), Is.All.EqualTo("a"));
        Assert.That(
            told.Take(2).Select(each => (each.GetProperty("readings").GetInt32(), each.GetProperty("latestAt").GetInt64())),
            Is.EqualTo(new[] { (2, 70_000_000L), (1, 70_000_000L) }));
        Assert.That(told.Skip(2).Select(each => each.GetProperty("what").GetString()), Is.EqualTo(new[] { "adjusted", "erased" }));
        Assert.That(
            told.Select(each => each.GetProperty("receivedAt").GetDateTimeOffset()),
            Is.All.EqualTo(TimeProvider.System.GetUtcNow()).Within(TimeSpan.FromMinutes(1)));
    }
}
