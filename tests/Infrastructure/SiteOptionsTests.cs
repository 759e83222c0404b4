using Infrastructure.Events;
using Infrastructure.Sites;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Tests.Infrastructure;

/// <summary>Settings of sites; wrong ones stop the start.</summary>
public sealed class SiteOptionsTests
{
    [TestCase("Zone", "Mars/Olympus", "no time zone")]
    [TestCase("MaxScan", "5", "MaxScan")]
    [TestCase("Deadline", "00:02:00", "Deadline")]
    [TestCase("ClaimRetention", "34.00:00:00", "ClaimRetention")]
    public void A_wrong_setting_is_named(string name, string value, string told) =>
        Assert.That(() => Read((name, value)), Throws.InstanceOf<OptionsValidationException>().With.Message.Contains(told));

    [Test]
    public void Right_ones_are_read_and_others_have_their_defaults()
    {
        var options = Read(("Zone", "Europe/Berlin"), ("CountAnonymous", "false"));

        Assert.That((options.FindZone().Id, options.CountAnonymous, options.MaxScan, options.Retention),
            Is.EqualTo(("Europe/Berlin", false, 1_000_000, (TimeSpan?)null)));
        Assert.That(Read().CountAnonymous, Is.True);
    }

    private static SiteOptions Read(params (string Name, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(each => KeyValuePair.Create($"Sites:{each.Name}", (string?)each.Value))).Build());
        services.AddEventOptions<SiteOptions>(SiteOptions.Section);
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<SiteOptions>>().Value;
    }
}
