using System.Text.Json;
using Contracts.Common;
using Contracts.Devices;
using Contracts.Live;
using Microsoft.Extensions.DependencyInjection;

namespace Tests.Producer.Devices;

/// <summary>What the embedded service announces on devices.events: to its own process, as there is no log to subscribe to.</summary>
public sealed class DeviceAnnouncementsTests : RestTests
{
    private const string Devices = "/api/v1/devices";

    [Test]
    public async Task What_happened_to_a_device_is_announced_with_the_position_of_its_message()
    {
        var feed = App.Services.GetRequiredService<ILiveFeed>();
        var begin = await feed.FindPositionAsync(Tenant.Default, DeviceMessages.Events, default);
        await PostAsync($"{Devices}/readings", """[{"device":"a","timestamp":7,"count":1},{"device":"a","timestamp":3,"count":1}]""");
        await PostAsync($"{Devices}/readings", """{"device":"a","timestamp":7,"count":9}""");
        await PostAsync($"{Devices}/adjustments", """{"device":"a","timestamp":7,"delta":1}""");
        await DeleteAsync($"{Devices}/a");

        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var told = new List<JsonElement>();
        await foreach (var change in feed.WatchAsync(Tenant.Default, DeviceMessages.Events, begin, end.Token))
        {
            told.Add(JsonDocument.Parse(change.Content).RootElement);
            if (told.Count == 4)
            {
                break;
            }
        }

        Assert.That(told, Has.Count.EqualTo(4));
        Assert.That(told.Select(each => each.GetProperty("device").GetString()), Is.All.EqualTo("a"));
        Assert.That(
            told.Take(2).Select(each => (each.GetProperty("readings").GetInt32(), each.GetProperty("latestAt").GetInt64())),
            Is.EqualTo(new[] { (2, 70_000_000L), (1, 70_000_000L) }));
        Assert.That(told.Skip(2).Select(each => each.GetProperty("what").GetString()), Is.EqualTo(new[] { "adjusted", "erased" }));
        var positions = told.Select(each => LogPosition.TryParse(each.GetProperty("position").GetString()!, out var at) ? at.Offset : -1);
        Assert.That(positions, Is.Ordered.Ascending.And.Unique.And.All.GreaterThanOrEqualTo(0));
        Assert.That(
            told.Select(each => each.GetProperty("receivedAt").GetDateTimeOffset()),
            Is.All.EqualTo(TimeProvider.System.GetUtcNow()).Within(TimeSpan.FromMinutes(1)));
    }
}
