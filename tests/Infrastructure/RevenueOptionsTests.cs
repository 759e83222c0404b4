using Infrastructure.Events;
using Infrastructure.Hosting;
using Infrastructure.Revenue;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Producer.Revenue;

namespace Tests.Infrastructure;

/// <summary>Settings of revenue; wrong ones stop the start.</summary>
public sealed class RevenueOptionsTests
{
    [TestCase("Revenue:Zone", "Mars/Olympus", "no time zone")]
    [TestCase("Revenue:Currency", "usd", "Currency")]
    [TestCase("Revenue:Currency", "", "Currency")]
    [TestCase("Revenue:Currency", "ABCDEFGHIJKLM", "Currency")]
    [TestCase("Revenue:Deadline", "00:02:00", "Deadline")]
    [TestCase("Revenue:ClaimRetention", "34.00:00:00", "ClaimRetention")]
    [TestCase("Revenue:MaxScan", "5", "There is no setting Revenue:MaxScan")]
    public void A_wrong_setting_is_named(string name, string value, string told) =>
        Assert.That(() => Read<RevenueOptions>((name, value)), Throws.InstanceOf<OptionsValidationException>().With.Message.Contains(told));

    [TestCase("")]
    [TestCase("two words")]
    public void A_wrong_secret_is_named(string secret) => Assert.That(
        () => Read<ProducerRevenueOptions>(("Producer:Revenue:Secret", secret)),
        Throws.InstanceOf<OptionsValidationException>().With.Message.Contains("Secret"));

    [Test]
    public void Right_ones_are_read_and_others_have_their_defaults()
    {
        var options = Read<RevenueOptions>(("Revenue:Zone", "Europe/Berlin"), ("Revenue:Currency", "EUR"));

        Assert.That(
            (options.FindZone().Id, options.Currency, options.Retention), Is.EqualTo(("Europe/Berlin", "EUR", (TimeSpan?)null)));
        Assert.That(Read<RevenueOptions>().Currency, Is.EqualTo("USD"));
        var secret = Read<ProducerRevenueOptions>();
        Assert.That((secret.IsRight("secret"), secret.IsRight("Secret"), secret.IsRight(null)), Is.EqualTo((true, false, false)));
        Assert.That(Read<ProducerRevenueOptions>(("Producer:Revenue:Secret", "x")).IsRight("x"), Is.True);
    }

    private static TOptions Read<TOptions>(params (string Name, string Value)[] settings)
        where TOptions : class
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(each => KeyValuePair.Create(each.Name, (string?)each.Value))).Build());
        services.AddEventOptions<RevenueOptions>(RevenueOptions.Section);
        services.AddOptions<ProducerRevenueOptions>().BindSettings(ProducerRevenueOptions.Section).ValidateDataAnnotations();
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<TOptions>>().Value;
    }
}
