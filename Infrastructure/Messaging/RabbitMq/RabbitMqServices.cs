using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Infrastructure.Messaging.RabbitMq;

/// <summary>Registers RabbitMQ behind the ports, for each service what it needs.</summary>
/// <remarks>Expects logging and <c>ConnectionStrings:RabbitMq</c>; the wake-ups expect an <see cref="IStoreClock"/>, the shards the leases too.</remarks>
public static class RabbitMqServices
{
    /// <summary>The publishing side of a message type: <see cref="IEventPublisher{TMessage}"/> and <see cref="ILogProgress{TMessage}"/>.</summary>
    public static IServiceCollection AddRabbitMqPublisher<TMessage>(this IServiceCollection services, MessageType<TMessage> type)
    {
        services.AddRabbitMq();
        services.TryAddSingleton(type);
        services.AddSingleton<RabbitMqPublisher<TMessage>>();
        services.AddSingleton<IEventPublisher<TMessage>>(provider => provider.GetRequiredService<RabbitMqPublisher<TMessage>>());
        services.AddSingleton<ILogProgress<TMessage>>(provider => provider.GetRequiredService<RabbitMqPublisher<TMessage>>());
        return services;
    }

    /// <summary>The consuming side of a topic: feeds the handlers of its message types (<c>AddMessageRoute</c>).</summary>
    public static IServiceCollection AddRabbitMqConsumer(this IServiceCollection services, string topic)
    {
        services.AddRabbitMq();
        if (services.TryAddTopic<RabbitMqConsumer>(topic))
        {
            services.AddSingleton<IRabbitMqPart>(provider => ActivatorUtilities.CreateInstance<RabbitMqConsumer>(
                provider, provider.GetRequiredKeyedService<TopicRoutes>(topic)));
        }

        return services;
    }

    /// <summary>Wake-ups from the Consumer to the Runners: <see cref="IWakeUps"/>.</summary>
    public static IServiceCollection AddRabbitMqWakeUps(this IServiceCollection services)
    {
        services.AddRabbitMq();
        services.AddSingleton<RabbitMqWakeUps>();
        services.AddSingleton<IWakeUps>(provider => provider.GetRequiredService<RabbitMqWakeUps>());
        services.AddHostedService(provider => provider.GetRequiredService<RabbitMqWakeUps>());
        return services;
    }

    /// <summary>The Runner's shards, all or none, and the wake-ups that reach it: <see cref="IShards"/>.</summary>
    public static IServiceCollection AddRabbitMqShards(this IServiceCollection services)
    {
        services.AddRabbitMq();
        services.AddSingleton<RabbitMqShards>();
        services.AddSingleton<IShards>(provider => provider.GetRequiredService<RabbitMqShards>());
        services.AddSingleton<IRabbitMqPart>(provider => provider.GetRequiredService<RabbitMqShards>());
        services.AddHostedService(provider => provider.GetRequiredService<RabbitMqShards>());
        return services;
    }

    /// <summary>What all of them share. First, so that the bus is the last to stop.</summary>
    private static void AddRabbitMq(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(RabbitMqBus)))
        {
            return;
        }

        services.AddOptions<RabbitMqOptions>().BindSettings(RabbitMqOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => RabbitMqConnection.Parse(provider.GetRequiredService<IConfiguration>().GetConnectionString("RabbitMq")));
        services.AddSingleton<RabbitMqProbe>();
        services.AddHostedService(provider => provider.GetRequiredService<RabbitMqProbe>());
        services.AddSingleton<RabbitMqBus>();
        services.AddSingleton<IReadinessCheck, RabbitMqReadiness>();

        // Nothing is kept for long once it is consumed: what comes again was never confirmed.
        services.AddSingleton(provider => new LogLimits(
            provider.GetRequiredService<IOptions<RabbitMqOptions>>().Value.DeliveryTimeout, Retention: TimeSpan.Zero));
        services.AddHostedService(provider => provider.GetRequiredService<RabbitMqBus>());
    }
}
