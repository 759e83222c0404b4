using Contracts.Common;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Hosting;
using Infrastructure.Storage.Mongo;
using Infrastructure.Timers.Mongo;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Tests.Infrastructure.Mongo;

/// <summary>The registration, as a service does it.</summary>
[Parallelizable]
public sealed class MongoStoreTests
{
    [Test]
    public async Task A_service_starts_while_the_database_is_down_and_says_so_when_asked()
    {
        using var host = Build("mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=50");

        await host.StartAsync();

        var error = Assert.ThrowsAsync<StoreUnavailableException>(
            () => host.Services.GetRequiredService<ITimerStore>().CountAsync(Tenant.Default, default));
        Assert.That(error.Outcome, Is.EqualTo(WriteOutcome.Refused));
        Assert.That(() => host.Services.GetRequiredService<IStoreClock>().Now, Throws.InstanceOf<StoreUnavailableException>());
        Assert.That(host.Services.GetRequiredService<IDueTimers>(), Is.SameAs(host.Services.GetRequiredService<ITimerStore>()));
        Assert.That(host.Services.GetRequiredService<IRunnerLeases>(), Is.Not.Null);
        await host.StopAsync();
    }

    [TestCase(null)]
    [TestCase("localhost")]
    public void A_service_without_a_readable_address_does_not_start(string? address)
    {
        using var host = Build(address);

        Assert.ThrowsAsync<StartupException>(() => host.StartAsync());
    }

    [TestCase("MongoDb:Connections", "0")]
    [TestCase("MongoDb:Connections", "501")]
    [TestCase("MongoDb:OperationTimeout", "00:02:00")]
    [TestCase("MongoDb:CountsAge", "-00:00:01")]
    public void A_service_with_a_setting_out_of_its_range_does_not_start(string name, string value)
    {
        using var host = Build("mongodb://127.0.0.1:1/", (name, value));

        Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
    }

    private static IHost Build(string? address, params (string Name, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(
            settings.Append(("ConnectionStrings:MongoDb", address!)).ToDictionary(one => one.Item1, one => (string?)one.Item2));
        builder.Services.AddMongo().AddMongoTimers(isProducer: true);
        return builder.Build();
    }
}
