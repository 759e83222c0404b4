using Contracts.Messaging;
using Infrastructure.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Infrastructure.Messaging.Kafka;

/// <summary>Registers Kafka behind the ports, for each service only the parts it needs.</summary>
/// <remarks>
/// Expects logging, metrics and <c>ConnectionStrings:Kafka</c>; the Consumer expects an <see cref="IBatchHandler{TMessage}"/> for each
/// message type.
/// </remarks>
public static class KafkaServices
{
    /// <summary>
    /// The publishing side of a message type: <see cref="IEventPublisher{TMessage}"/> and <see cref="ILogProgress{TMessage}"/>.
    /// </summary>
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

    /// <summary>The publishing side of a message type that no service here reads: <see cref="IEventPublisher{TMessage}"/>.</summary>
    public static IServiceCollection AddKafkaAnnouncer<TMessage>(this IServiceCollection services, MessageType<TMessage> type)
    {
        services.AddKafka();
        if (services.TryAddTopic<KafkaTopic>(type.Topic))
        {
            services.AddKafkaTopic(type.Topic);
        }

        return services.AddSingleton<IEventPublisher<TMessage>, KafkaPublisher<TMessage>>();
    }

    /// <summary>
    /// The consuming side of a topic: feeds the handlers of its message types (<c>AddMessageRoute</c>), in a group of its own.
    /// </summary>
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

    /// <summary>What all of them share. First, so that the producer is the last to stop.</summary>
    public static IServiceCollection AddKafka(this IServiceCollection services)
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
        services.AddSingleton(
            provider => KafkaConnection.Parse(provider.GetRequiredService<IConfiguration>().GetConnectionString("Kafka")));
        services.AddSingleton<KafkaClientLog>();
        services.AddSingleton<KafkaClients>();
        services.AddSingleton<KafkaTopics>();
        services.AddSingleton<KafkaProbe>();
        services.AddSingleton<KafkaAsker>();
        services.AddSingleton<KafkaProducer>();
        services.AddEngineCheck<KafkaReadiness>("log");
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<KafkaOptions>>().Value;
            return new LogLimits(options.DeliveryTimeout, options.Retention + options.SegmentTime);
        });
        services.AddHostedService(provider => provider.GetRequiredService<KafkaProducer>());
        return services;
    }

    /// <summary>A topic that is created when it is missing.</summary>
    /// <param name="services">The services to add to.</param>
    /// <param name="name">Without its prefix.</param>
    /// <param name="partitions">How many; null for as many as the settings say.</param>
    /// <param name="retention">How long it keeps messages; null for as long as the settings say.</param>
    public static IServiceCollection AddKafkaTopic(
        this IServiceCollection services, string name, int? partitions = null, TimeSpan? retention = null) =>
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<KafkaOptions>>().Value;
            return new KafkaTopic(
                options.Prefixed(name), partitions ?? options.Partitions, retention ?? options.Retention, retention ?? options.SegmentTime);
        });

    private static void AddTopics(this IServiceCollection services, string topic) =>
        services.AddKafkaTopic(topic).AddKafkaTopic(MessageType.DeadTopicOf(topic));
}
