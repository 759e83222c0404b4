using Contracts.Devices;
using Contracts.Revenue;
using Contracts.Sites;
using Contracts.Timers;
using Microsoft.Extensions.DependencyInjection;
using Tests.Support;

namespace Tests.Producer;

/// <summary>A defect is answered by the seeds' routes in the seeds' shapes, wherever it shows itself.</summary>
public sealed class SeedDefectsTests : RestTests
{
    protected override HostedStandalone CreateApp() => new(services => services
        .AddSingleton(Broken.Of<ISiteStore>(_ => new InvalidOperationException("a defect of sites")))
        .AddSingleton(Broken.Of<IRevenueStore>(_ => new InvalidOperationException("a defect of revenue")))
        .AddSingleton(Broken.Of<IDeviceStore>(method => method == nameof(IDeviceStore.FindAsync)
            ? Task.FromResult<DeviceRecord?>(new DeviceRecord { Id = "d" }) : new InvalidOperationException("a defect of devices")))
        .AddSingleton(Broken.Of<ITimerStore>(_ => new InvalidOperationException("a defect of timers"))));

    [TestCase("/stats?site_id=s", """{"error":"Internal server error"}""")]
    [TestCase("/userEvents/u", """{"error":"Internal server error"}""")]
    [TestCase("/devices/d", """{"error":{"message":"Internal server error"}}""", Description = "While it is streamed.")]
    public async Task A_defect_is_500_in_the_seeds_shape(string path, string expected)
    {
        var answer = await GetAsync(path);

        Assert.That((answer.Status, answer.MediaType, answer.Text), Is.EqualTo((500, "application/json", expected)));
    }

    [Test]
    public async Task A_defect_is_500_in_the_timers_shape() =>
        SeedTimersTests.AssertSeedError(await GetAsync($"/api/v1/timer/{Guid.CreateVersion7()}"), 500);

    [TestCase("POST", "/event")]
    [TestCase("POST", "/ingest")]
    public async Task An_encoding_that_nobody_knows_is_415_in_the_seeds_shape(string method, string path)
    {
        var content = Content("{}")!;
        content.Headers.ContentEncoding.Add("zstd");

        var answer = await SendAsync(new HttpMethod(method), path, content);

        Assert.That(answer.Status, Is.EqualTo(415));
        Assert.That(answer.Text, Does.StartWith("{\"error\":"));
    }
}
