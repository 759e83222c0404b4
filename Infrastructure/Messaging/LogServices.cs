using Contracts.Messaging;
using Infrastructure.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Infrastructure.Messaging;

/// <summary>Registers the services that all logs share, and the embedded log.</summary>
internal static class LogServices
{
    /// <summary>Routes messages of one type to their <see cref="IBatchHandler{TMessage}"/>.</summary>
    public static IServiceCollection AddMessageRoute<TMessage>(this IServiceCollection services, MessageType<TMessage> type)
        where TMessage : class
    {
        services.AddMetrics();
        services.TryAddSingleton<ConsumerMetrics>();
        if (services.All(service => service.ServiceType != typeof(ConsumerStalls)))
        {
            services.AddSingleton<ConsumerStalls>();
            services.AddVitalCheck<ConsumerStalls>("consumer");
        }

        // By topic: a handler may publish on another topic, whose routes must not need this one's.
        services.AddKeyedSingleton<MessageRoute>(
            type.Topic, (provider, _) => new MessageRoute<TMessage>(type, provider.GetRequiredService<IBatchHandler<TMessage>>()));
        services.TryAddKeyedSingleton(
            type.Topic, (provider, _) => new TopicRoutes(type.Topic, provider.GetKeyedServices<MessageRoute>(type.Topic)));
        return services;
    }

    /// <summary>The embedded log of a type's topic, and its publisher.</summary>
    public static IServiceCollection AddInProcessLog<TMessage>(this IServiceCollection services, MessageType<TMessage> type)
        where TMessage : class
    {
        var topic = type.Topic;
        if (services.TryAddTopic<InProcessLog>(topic))
        {
            services.AddKeyedSingleton(topic, (provider, _) => CreateLog(provider, topic));
            services.AddKeyedSingleton<ILogProgress>(topic, (provider, _) => provider.GetRequiredKeyedService<InProcessLog>(topic));
            services.AddSingleton<IHostedService>(provider => provider.GetRequiredKeyedService<InProcessLog>(topic));
        }

        services.AddSingleton<IEventPublisher<TMessage>>(provider => new InProcessPublisher<TMessage>(
            provider.GetRequiredKeyedService<InProcessLog>(topic), provider.GetRequiredKeyedService<TopicRoutes>(topic).Find(type.Name)));
        services.AddSingleton<ILogProgress<TMessage>>(
            provider => new LogProgress<TMessage>(provider.GetRequiredKeyedService<InProcessLog>(topic)));
        return services;
    }

    /// <summary>True for the first type of a topic: services for all types are registered once.</summary>
    public static bool TryAddTopic<TServer>(this IServiceCollection services, string topic)
    {
        var mark = new TopicMark(typeof(TServer), topic);
        if (services.Any(service => mark.Equals(service.ServiceKey)))
        {
            return false;
        }

        services.AddKeyedSingleton(mark, mark);
        return true;
    }

    private static InProcessLog CreateLog(IServiceProvider provider, string topic)
    {
        var file = provider.GetRequiredKeyedService<ILogFile>(topic);
        return new InProcessLog(ActivatorUtilities.CreateInstance<InProcessApplier>(provider, topic, file), file);
    }

    private sealed record TopicMark(Type Server, string Topic);
}
