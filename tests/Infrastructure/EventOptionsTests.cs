using Contracts.Messaging;
using Infrastructure.Devices;
using Infrastructure.Events;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Tests.Infrastructure;

/// <summary>Settings of slices of events: what would let an event count twice stops the start.</summary>
public sealed class EventOptionsTests
{
    [TestCase(7, 35, true)]
    [TestCase(17.5, 35, true)]
    [TestCase(18, 35, false)]
    [TestCase(18, 36, true)]
    public void Ids_are_remembered_twice_as_long_as_the_log_can_repeat_them(double log, double claims, bool isAllowed)
    {
        var (options, _) = Start(new LogLimits(TimeSpan.Zero, TimeSpan.FromDays(log)), ("ClaimRetention", $"{TimeSpan.FromDays(claims)}"));

        Assert.That(() => options.Value, isAllowed ? Throws.Nothing : Throws.InstanceOf<OptionsValidationException>()
            .With.Message.Contains("Devices:ClaimRetention").And.Message.Contains("twice as long"));
    }

    [TestCase("ClaimRetention", "34.00:00:00")]
    [TestCase("Retention", "00:00:01")]
    [TestCase("Address", "Half")]
    [TestCase("CheckInterval", "0")]
    [TestCase("Retentoin", "30.00:00:00")]
    public void A_wrong_or_unknown_setting_stops_the_start(string name, string value)
    {
        var (options, _) = Start(limits: null, (name, value));

        Assert.That(() => options.Value, Throws.InstanceOf<OptionsValidationException>().With.Message.Contains(name));
    }

    [Test]
    public void Without_settings_everything_is_kept_and_addresses_are_truncated()
    {
        var (options, _) = Start(limits: null, ("Retention", string.Empty));

        Assert.That((options.Value.Retention, options.Value.ClaimRetention, options.Value.Address.ToString()),
            Is.EqualTo(((TimeSpan?)null, TimeSpan.FromDays(35), "Truncated")));
        Assert.That(options.Value.Repair, Is.True, "raw events are the truth, and sums are made of them");
    }

    private static (IOptions<DeviceOptions> Options, IServiceProvider Services) Start(
        LogLimits? limits, params (string Name, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(each => KeyValuePair.Create($"Devices:{each.Name}", (string?)each.Value))).Build());
        if (limits is not null)
        {
            services.AddSingleton(limits);
        }

        services.AddEventOptions<DeviceOptions>(DeviceOptions.Section);
        var provider = services.BuildServiceProvider();
        return (provider.GetRequiredService<IOptions<DeviceOptions>>(), provider);
    }
}
