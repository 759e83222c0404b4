using Contracts.Timers;
using Infrastructure.Messaging.RabbitMq;
using MassTransit.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Infrastructure.Timers.RabbitMq;

/// <summary>RabbitMQ services for timers beyond their messages.</summary>
internal static class RabbitMqTimerServices
{
    public const string WakeUps = "timers.wakeups";

    /// <summary>Wake-ups from the Consumer to the Runners: <see cref="IWakeUps"/>.</summary>
    public static IServiceCollection AddRabbitMqWakeUps(this IServiceCollection services)
    {
        services.AddRabbitMq();
        services.AddSingleton<RabbitMqWakeUps>();
        services.AddSingleton<IWakeUps>(provider => provider.GetRequiredService<RabbitMqWakeUps>());
        return services.AddHostedService(provider => provider.GetRequiredService<RabbitMqWakeUps>());
    }

    /// <summary>The Runner's shards, all or none, and the wake-ups that reach it: <see cref="IShards"/>.</summary>
    public static IServiceCollection AddRabbitMqShards(this IServiceCollection services)
    {
        services.AddRabbitMq();
        services.AddSingleton<RabbitMqShards>();
        services.AddSingleton<IShards>(provider => provider.GetRequiredService<RabbitMqShards>());
        services.AddSingleton<IRabbitMqEndpoint, RabbitMqWakeUpQueue>();
        services.RegisterConsumer<RabbitMqWakeUpConsumer>();
        return services.AddHostedService(provider => provider.GetRequiredService<RabbitMqShards>());
    }
}
