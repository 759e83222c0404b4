using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Infrastructure.Messaging.Kafka;

/// <summary>Registers Kafka behind the ports, for each service what it needs.</summary>
/// <remarks>Expects logging, metrics and <c>ConnectionStrings:Kafka</c>; the wake-ups expect an <see cref="IStoreClock"/>, the Consumer an <see cref="IBatchHandler{TMessage}"/>.</remarks>
public static class KafkaServices
{
    /// <summary>Short: a wake-up is of no use later.</summary>
    private static readonly TimeSpan WakeUpRetention = TimeSpan.FromHours(1);

    /// <summary>The publishing side of a message type: <see cref="IEventPublisher{TMessage}"/> and <see cref="ILogProgress{TMessage}"/>.</summary>
    public static IServiceCollection AddKafkaPublisher<TMessage>(this IServiceCollection services, MessageType<TMessage> type)
    {
        services.AddKafka().AddTopics(type.Topic);
        services.TryAddSingleton(type);
        services.AddSingleton<IEventPublisher<TMessage>, KafkaPublisher<TMessage>>();
        var topic = type.Topic;
        if (services.TryAddTopic<KafkaLogProgress>(topic))
        {
            services.AddKeyedSingleton(topic, (provider, _) => ActivatorUtilities.CreateInstance<KafkaLogProgress>(provider, topic));
            services.AddKeyedSingleton<ILogProgress>(topic, (provider, _) => provider.GetRequiredKeyedService<KafkaLogProgress>(topic));
            services.AddSingleton<IHostedService>(provider => provider.GetRequiredKeyedService<KafkaLogProgress>(topic));
        }

        services.AddSingleton<ILogProgress<TMessage>>(
            provider => new LogProgress<TMessage>(provider.GetRequiredKeyedService<KafkaLogProgress>(topic)));
        return services;
    }

    /// <summary>Keys of new timers, whose messages gather: <see cref="ITimerKeys"/>.</summary>
    public static IServiceCollection AddKafkaTimerKeys(this IServiceCollection services)
    {
        services.AddKafka();
        return services.AddSingleton<ITimerKeys>(provider =>
        {
            var probe = provider.GetRequiredService<KafkaProbe>();
            var topic = provider.GetRequiredService<IOptions<KafkaOptions>>().Value.Prefixed(TimerMessages.Scheduled.Topic);
            return new GatheredKeys(() => probe.PartitionsOf(topic));
        });
    }

    /// <summary>The consuming side of a topic: feeds the handlers of its message types (<c>AddMessageRoute</c>), in a group of its own.</summary>
    public static IServiceCollection AddKafkaConsumer(this IServiceCollection services, string topic)
    {
        services.AddKafka().AddTopics(topic);
        if (services.TryAddTopic<KafkaConsumer>(topic))
        {
            services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<KafkaConsumer>(
                provider,
                topic,
                ActivatorUtilities.CreateInstance<KafkaBatchApplier>(provider, provider.GetRequiredKeyedService<TopicRoutes>(topic))));
        }

        return services;
    }

    /// <summary>Wake-ups from the Consumer to the Runners: <see cref="IWakeUps"/>.</summary>
    public static IServiceCollection AddKafkaWakeUps(this IServiceCollection services)
    {
        services.AddKafka().AddWakeUpTopic();
        services.AddSingleton<KafkaWakeUps>();
        services.AddSingleton<IWakeUps>(provider => provider.GetRequiredService<KafkaWakeUps>());
        services.AddHostedService(provider => provider.GetRequiredService<KafkaWakeUps>());
        return services;
    }

    /// <summary>The Runner's shards, and the wake-ups that reach it: <see cref="IShards"/>.</summary>
    public static IServiceCollection AddKafkaShards(this IServiceCollection services)
    {
        services.AddKafka().AddWakeUpTopic();
        services.AddSingleton<KafkaShards>();
        services.AddSingleton<IShards>(provider => provider.GetRequiredService<KafkaShards>());
        services.AddHostedService(provider => provider.GetRequiredService<KafkaShards>());
        return services;
    }

    /// <summary>What all of them share. First, so that the producer is the last to stop.</summary>
    private static IServiceCollection AddKafka(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(KafkaProducer)))
        {
            return services;
        }

        services.AddOptions<KafkaOptions>()
            .BindSettings(KafkaOptions.Section)
            .ValidateDataAnnotations()
            .Validate(o => o.Replication != 0, "Kafka:Replication must be 1 or more, or -1 for the brokers' default.")
            .Validate(o => o.SegmentTime <= o.Retention, "Kafka:SegmentTime must not be longer than Retention.")
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => KafkaConnection.Parse(provider.GetRequiredService<IConfiguration>().GetConnectionString("Kafka")));
        services.AddSingleton<KafkaClientLog>();
        services.AddSingleton<KafkaClients>();
        services.AddSingleton<KafkaTopics>();
        services.AddSingleton<KafkaProbe>();
        services.AddSingleton<KafkaProducer>();
        services.AddSingleton<IReadinessCheck, KafkaReadiness>();
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<KafkaOptions>>().Value;
            return new LogLimits(options.DeliveryTimeout, options.Retention + options.SegmentTime);
        });
        services.AddHostedService(provider => provider.GetRequiredService<KafkaProducer>());
        return services;
    }

    private static void AddTopics(this IServiceCollection services, string topic)
    {
        foreach (var name in new[] { topic, MessageType.DeadTopicOf(topic) })
        {
            services.AddSingleton(provider =>
            {
                var options = provider.GetRequiredService<IOptions<KafkaOptions>>().Value;
                return new KafkaTopic(options.Prefixed(name), options.Partitions, options.Retention, options.SegmentTime);
            });
        }
    }

    private static void AddWakeUpTopic(this IServiceCollection services) => services.AddSingleton(provider => new KafkaTopic(
        provider.GetRequiredService<IOptions<KafkaOptions>>().Value.Prefixed(KafkaOptions.WakeUps), Shard.Count, WakeUpRetention, WakeUpRetention));
}
