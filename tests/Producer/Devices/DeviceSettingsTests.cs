using Contracts.Events;
using Infrastructure.Devices;
using Microsoft.Extensions.DependencyInjection;
using Tests.Support;

namespace Tests.Producer.Devices;

/// <summary>A retention and a privacy mode.</summary>
public sealed class DeviceSettingsTests : RestTests
{
    protected override HostedStandalone CreateApp() => new(services => services.Configure<DeviceOptions>(options =>
    {
        options.Retention = TimeSpan.FromDays(30);
        options.Address = AddressMode.Full;
    }));

    [Test]
    public async Task Readings_older_than_the_retention_are_refused_and_younger_ones_counted()
    {
        var now = TimeProvider.System.GetUtcNow();
        var old = await PostAsync("/api/v1/devices/readings", new { device = "a", timestamp = now.AddDays(-31), count = 1 });
        var young = await PostAsync("/api/v1/devices/readings", new { device = "a", timestamp = now.AddDays(-29), count = 1 });
        var seed = await PostAsync("/ingest", new { id = "a", readings = new[] { new { timestamp = now.AddDays(-31), count = 1 } } });

        old.AssertWrong("timestamp");
        Assert.That(young.Status, Is.EqualTo(201), young.Text);
        Assert.That((seed.Status, seed.Json.GetProperty("results")[0].GetProperty("error").GetString()),
            Is.EqualTo((207, "timestamp is older than what is kept, P30D")));
        Assert.That((await GetAsync("/api/v1/devices/a"))["readings"], Is.EqualTo("1"));
    }

    [Test]
    public async Task The_whole_address_is_recorded_where_the_mode_says_so()
    {
        await PostAsync("/api/v1/devices/readings", new { device = "b", timestamp = TimeProvider.System.GetUtcNow(), count = 1 });

        Assert.That((await GetAsync("/api/v1/devices/export?device=b")).Text, Does.Contain("\"address\":\"127.0.0.1\""));
    }
}
