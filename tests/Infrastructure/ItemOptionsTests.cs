using Contracts.Messaging;
using Infrastructure.Events;
using Infrastructure.Items;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Tests.Infrastructure;

/// <summary>Settings of items; wrong ones stop the start.</summary>
public sealed class ItemOptionsTests
{
    [TestCase("Items:Retention", "23:00:00", "Retention")]
    [TestCase("Items:Retention", "36526.00:00:00", "Retention")]
    [TestCase("Items:ClaimRetention", "34.00:00:00", "ClaimRetention")]
    [TestCase("Items:ClaimRetention", "35.00:00:00", "Items:ClaimRetention (35.00:00:00) must be at least twice as long as the log keeps")]
    [TestCase("Items:Deadline", "00:02:00", "Deadline")]
    [TestCase("Items:Retentoin", "30.00:00:00", "There is no setting Items:Retentoin")]
    public void A_wrong_setting_is_named(string name, string value, string told) =>
        Assert.That(() => Read((name, value)), Throws.InstanceOf<OptionsValidationException>().With.Message.Contains(told));

    [Test]
    public void Transfers_are_kept_for_ever_unless_it_is_set_otherwise()
    {
        Assert.That(Read(("Items:Retention", string.Empty), ("Items:ClaimRetention", "40.00:00:00")).Retention, Is.Null);
        Assert.That(
            Read(("Items:Retention", "30.00:00:00"), ("Items:ClaimRetention", "40.00:00:00")).Retention, Is.EqualTo(TimeSpan.FromDays(30)));
    }

    /// <summary>With a log that keeps messages for 20 days.</summary>
    private static ItemOptions Read(params (string Name, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton(new LogLimits(TimeSpan.Zero, TimeSpan.FromDays(20)));
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(each => KeyValuePair.Create(each.Name, (string?)each.Value))).Build());
        services.AddEventOptions<ItemOptions>(ItemOptions.Section);
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<ItemOptions>>().Value;
    }
}
