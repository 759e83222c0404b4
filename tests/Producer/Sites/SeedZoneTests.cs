using Infrastructure.Sites;
using Microsoft.Extensions.DependencyInjection;
using Tests.Support;

namespace Tests.Producer.Sites;

/// <summary>The first site service's routes where days are those of a zone west of UTC.</summary>
public sealed class SeedZoneTests : RestTests
{
    protected override HostedStandalone CreateApp() =>
        new(services => services.Configure<SiteOptions>(options => options.Zone = "America/New_York"));

    [TestCase("2023-05-05", "2023-05-05")]
    [TestCase("2023-05-05T00:00:00", "2023-05-05")]
    [TestCase("2023-05-05T23:59:59.9", "2023-05-05")]
    [TestCase("2023-05-05T02:00:00Z", "2023-05-04")]
    [TestCase("2023-05", "2023-05-01")]
    [TestCase("2023", "2023-01-01")]
    public async Task An_event_counts_on_its_day_of_the_zone(string timestamp, string day)
    {
        var site = $"zone-{timestamp}";

        var answer = await PostAsync("/event", new { site_id = site, event_type = "page_view", path = "/", timestamp });

        Assert.That(answer.Status, Is.EqualTo(202), answer.Text);
        Assert.That((await GetAsync($"/stats?site_id={Uri.EscapeDataString(site)}&date={day}"))["total_views"], Is.EqualTo("1"));
    }
}
