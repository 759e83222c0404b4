using Contracts.Events;
using Contracts.Messaging;
using Infrastructure.Hosting;
using Infrastructure.Messaging;
using Infrastructure.Messaging.Kafka;
using Infrastructure.Messaging.RabbitMq;
using Microsoft.Extensions.DependencyInjection;

namespace Infrastructure;

/// <summary>A slice registers itself through this: the engines are chosen, and the slice adds its data and messages to them.</summary>
public sealed class EngineBuilder
{
    private readonly HashSet<string> slices = new(StringComparer.Ordinal);

    internal EngineBuilder(IServiceCollection services, ServiceRoles roles, EngineSettings settings)
    {
        Services = services;
        Roles = roles;
        Log = settings.Kafka is not null ? LogEngine.Kafka : settings.RabbitMq is not null ? LogEngine.RabbitMq : LogEngine.InProcess;
        Store = settings.MongoDb is not null ? StoreEngine.MongoDb : StoreEngine.Sqlite;
    }

    /// <summary>The services of this process.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Which services run in it.</summary>
    public ServiceRoles Roles { get; }

    /// <summary>The engine that carries messages.</summary>
    public LogEngine Log { get; }

    /// <summary>The engine that stores data.</summary>
    public StoreEngine Store { get; }

    /// <summary>Whether a service runs in this process.</summary>
    public bool Has(ServiceRoles role) => (Roles & role) != ServiceRoles.None;

    /// <summary>True for the first caller of a slice's name: several services of one process share the slice's engines.</summary>
    public bool TryBegin(string slice) => slices.Add(slice);

    /// <summary>
    /// Sends and receives messages of one type: <see cref="IEventPublisher{TMessage}"/> and <see cref="ILogProgress{TMessage}"/> for the
    /// Producer, and the reader that feeds the Consumer's <see cref="IBatchHandler{TMessage}"/>.
    /// </summary>
    /// <remarks>
    /// Types of one topic share its consumer group, so messages of one key keep their order. Embedded, the topic needs a file of its name
    /// (<c>AddSqliteFile</c>).
    /// </remarks>
    public EngineBuilder AddMessages<TMessage>(MessageType<TMessage> type)
        where TMessage : class
    {
        ArgumentNullException.ThrowIfNull(type);
        Services.AddSingleton(type);
        if (Has(ServiceRoles.Consumer))
        {
            Services.AddMessageRoute(type);
        }

        if (Has(ServiceRoles.Producer))
        {
            Services.AddSingleton<IDeadLetterReplay, DeadLetterReplay<TMessage>>();
        }

        switch (Log)
        {
            case LogEngine.Kafka:
                AddKafka(type);
                break;
            case LogEngine.RabbitMq:
                AddRabbitMq(type);
                break;
            default:
                Services.AddInProcessLog(type);
                break;
        }

        return this;
    }

    /// <summary>
    /// Tells others of what happened: <see cref="IAnnouncements{TMessage}"/> for the Consumer, on a topic that no service here reads.
    /// </summary>
    /// <remarks>
    /// Where the handler announces before it returns, a message whose effects were stored without being announced comes again.
    /// </remarks>
    public EngineBuilder AddAnnouncements<TMessage>(MessageType<TMessage> type)
        where TMessage : class
    {
        ArgumentNullException.ThrowIfNull(type);
        if (!Has(ServiceRoles.Consumer))
        {
            return this;
        }

        Services.AddSingleton(type);
        if (Log == LogEngine.Kafka)
        {
            Services.AddKafkaAnnouncer(type);
            Services.AddSingleton<IAnnouncements<TMessage>, LogAnnouncements<TMessage>>();
        }
        else
        {
            Services.AddSingleton<IAnnouncements<TMessage>, LiveAnnouncements<TMessage>>();
        }

        return this;
    }

    private void AddKafka<TMessage>(MessageType<TMessage> type)
        where TMessage : class
    {
        if (Has(ServiceRoles.Producer))
        {
            Services.AddKafkaPublisher(type);
        }

        if (Has(ServiceRoles.Consumer))
        {
            Services.AddKafkaConsumer(type.Topic);
        }
    }

    private void AddRabbitMq<TMessage>(MessageType<TMessage> type)
        where TMessage : class
    {
        if (Has(ServiceRoles.Producer))
        {
            Services.AddRabbitMqPublisher(type);
        }

        if (Has(ServiceRoles.Consumer))
        {
            Services.AddRabbitMqConsumer(type);
        }
    }
}
