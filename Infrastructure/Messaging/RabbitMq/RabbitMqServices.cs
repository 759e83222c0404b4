using Contracts.Messaging;
using Infrastructure.Hosting;
using MassTransit;
using MassTransit.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Infrastructure.Messaging.RabbitMq;

/// <summary>Registers RabbitMQ behind the ports, for each service only the parts it needs.</summary>
/// <remarks>Expects logging and <c>ConnectionStrings:RabbitMq</c>.</remarks>
public static class RabbitMqServices
{
    /// <summary>How long a stop waits for current batches; unfinished messages then go back to the broker.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The publishing side of a message type: <see cref="IEventPublisher{TMessage}"/> and <see cref="ILogProgress{TMessage}"/>.
    /// </summary>
    public static IServiceCollection AddRabbitMqPublisher<TMessage>(this IServiceCollection services, MessageType<TMessage> type)
    {
        services.AddRabbitMq();
        services.TryAddSingleton(type);
        services.AddSingleton<RabbitMqPublisher<TMessage>>();
        services.AddSingleton<IEventPublisher<TMessage>>(provider => provider.GetRequiredService<RabbitMqPublisher<TMessage>>());
        services.AddSingleton<ILogProgress<TMessage>>(provider => provider.GetRequiredService<RabbitMqPublisher<TMessage>>());
        return services;
    }

    /// <summary>The consuming side of a type's topic: feeds the handlers of all its message types (<c>AddMessageRoute</c>).</summary>
    public static IServiceCollection AddRabbitMqConsumer<TMessage>(this IServiceCollection services, MessageType<TMessage> type)
    {
        services.AddRabbitMq();
        services.TryAddSingleton(type);

        // The topic's first type stands for its queue: MassTransit tells consumers apart by their class.
        if (services.TryAddTopic<RabbitMqBatches>(type.Topic))
        {
            services.AddKeyedSingleton(type.Topic, (provider, _) => ActivatorUtilities.CreateInstance<RabbitMqBatches>(
                provider, provider.GetRequiredKeyedService<TopicRoutes>(type.Topic)));
            services.AddSingleton<IRabbitMqEndpoint, RabbitMqQueue<TMessage>>();
            services.RegisterConsumer<RabbitMqConsumer<TMessage>>();
        }

        return services;
    }

    /// <summary>Adds the shared services. They come first, so that the bus is the last to stop.</summary>
    public static void AddRabbitMq(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(RabbitMqBus)))
        {
            return;
        }

        services.AddOptions<RabbitMqOptions>().BindSettings(RabbitMqOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(
            provider => RabbitMqConnection.Parse(provider.GetRequiredService<IConfiguration>().GetConnectionString("RabbitMq")));
        services.AddSingleton<RabbitMqProbe>();
        services.AddHostedService(provider => provider.GetRequiredService<RabbitMqProbe>());
        services.AddSingleton<RabbitMqBus>();
        services.AddEngineCheck<RabbitMqReadiness>("log");

        // Messages are not kept once they are consumed: only unconfirmed ones are redelivered.
        services.AddSingleton(provider => new LogLimits(
            provider.GetRequiredService<IOptions<RabbitMqOptions>>().Value.DeliveryTimeout, Retention: TimeSpan.Zero));
        services.AddSingleton<RabbitMqLifecycle>();
        services.AddBusObserver(provider => provider.GetRequiredService<RabbitMqLifecycle>());
        services.AddOptions<MassTransitHostOptions>().Configure(host => host.ConsumerStopTimeout = StopGrace);
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();

            // Our own check (RabbitMqReadiness) reports that a service without its log is degraded, not down.
            bus.ConfigureHealthCheckOptions(check => check.MinimalFailureStatus = HealthStatus.Degraded);
            bus.UsingRabbitMq(Configure);
        });
    }

    private static void Configure(IBusRegistrationContext context, IRabbitMqBusFactoryConfigurator bus)
    {
        var connection = context.GetRequiredService<RabbitMqConnection>();
        bus.Host(connection.Host, connection.Port, connection.VirtualHost, host =>
        {
            host.Username(connection.User);
            host.Password(connection.Password);
            host.PublisherConfirmation = true;
            host.Heartbeat(TimeSpan.FromSeconds(5));
            if (connection.IsEncrypted)
            {
                host.UseSsl(ssl => ssl.ServerName = connection.Host);
            }
        });
        bus.SendTopology.ErrorQueueNameFormatter = RabbitMqDeadLetters.Instance;
        bus.SendTopology.DeadLetterQueueNameFormatter = RabbitMqDeadLetters.Instance;
        foreach (var endpoint in context.GetServices<IRabbitMqEndpoint>())
        {
            endpoint.Configure(bus, context);
        }
    }
}
