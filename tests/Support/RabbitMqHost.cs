using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Messaging.RabbitMq;
using Infrastructure.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tests.Support;

/// <summary>A process's part of the RabbitMQ log, started as a host starts it.</summary>
internal sealed class RabbitMqHost : IAsyncDisposable
{
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);
    private readonly IHost host;

    private RabbitMqHost(IHost host) => this.host = host;

    public IServiceProvider Services => host.Services;

    public RabbitMqBus Bus => Services.GetRequiredService<RabbitMqBus>();

    public IEventPublisher<TimerScheduled> Publisher => Services.GetRequiredService<IEventPublisher<TimerScheduled>>();

    /// <summary>A prefix for this test alone.</summary>
    public static string NewPrefix() => KafkaHost.NewPrefix();

    public static async Task<RabbitMqHost> StartAsync(
        string uri, string prefix, Action<IServiceCollection> add, params (string Name, string Value)[] settings)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:RabbitMq"] = uri,
            ["RabbitMq:QueuePrefix"] = prefix,
        });
        builder.Configuration.AddInMemoryCollection(
            settings.Select(setting => KeyValuePair.Create($"RabbitMq:{setting.Name}", (string?)setting.Value)));
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddProvider(new TestOutput());
        builder.Services.AddSingleton<IStoreClock, WallClock>();
        builder.Services.AddSingleton(TimeProvider.System);
        add(builder.Services);
        var started = new RabbitMqHost(builder.Build());
        await started.host.StartAsync();
        return started;
    }

    public static async Task<RabbitMqHost> StartPublisherAsync(string uri, string prefix, params (string Name, string Value)[] settings)
    {
        var started = await StartAsync(uri, prefix, services => services.AddRabbitMqPublisher(TimerMessages.Scheduled), settings);
        await started.ReachedAsync();
        return started;
    }

    public static async Task<RabbitMqHost> StartConsumerAsync(string uri, string prefix, IBatchHandler<TimerScheduled> handler)
    {
        var started = await StartAsync(uri, prefix, services => services.AddSingleton(handler).AddRabbitMqTimers());
        await started.ReachedAsync();
        return started;
    }

    public Task ReachedAsync() => Eventually.That(() => Bus.IsReachable, MaxWait, "RabbitMQ is reached");

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await host.StopAsync(soon.Token);
        host.Dispose();
    }
}
