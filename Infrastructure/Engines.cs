using Contracts.Caching;
using Contracts.Live;
using Contracts.Messaging;
using Contracts.Timers;
using Infrastructure.Caching;
using Infrastructure.Hosting;
using Infrastructure.Live;
using Infrastructure.Messaging;
using Infrastructure.Messaging.Kafka;
using Infrastructure.Messaging.RabbitMq;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using Infrastructure.Storage.Sqlite.Timers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Infrastructure;

/// <summary>Puts engines behind the ports: what a connection string names is used, without any the embedded ones serve.</summary>
public static class Engines
{
    /// <summary>Adds them for the services that live in this process. To be called before the services are added.</summary>
    /// <remarks>Whatever is wrong with the settings is gathered, and told in one message when the program is run.</remarks>
    public static WebApplicationBuilder AddEngines(this WebApplicationBuilder builder, ServiceRoles roles)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var settings = EngineSettings.Read(builder.Configuration);
        var faults = new StartFaults();
        faults.Add(settings.FindFaults(roles));
        builder.Services.AddSingleton(faults);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddStore(settings, faults);
        builder.Services.AddCache(settings, faults);
        builder.Services.AddLog(settings, roles, faults);
        return builder;
    }

    private static void AddStore(this IServiceCollection services, EngineSettings settings, StartFaults faults)
    {
        if (settings.MongoDb is { } uri)
        {
            services.AddSingleton<IReadinessCheck, StoreReadiness>();
            faults.Try(() => MongoAddress.Check(uri));
            services.AddMongoStore();
            services.AddSingleton<IReadinessCheck, ClockReadiness>();
            return;
        }

        services.AddSqliteStore();
        services.AddSingleton<IReadinessCheck, SqliteReadiness>();
        services.AddSingleton<IStoreClock, WallClock>();
        services.AddSingleton<IRunnerLease, FolderLease>();
    }

    private static void AddCache(this IServiceCollection services, EngineSettings settings, StartFaults faults)
    {
        if (settings.Redis is not { } address)
        {
            services.AddSingleton<IReadCache, InProcessCache>();
            services.AddSingleton<ILiveFeed, InProcessFeed>();
            return;
        }

        faults.Try(() => services.AddSingleton(new RedisConnection(address)));
        services.AddHostedService(provider => provider.GetRequiredService<RedisConnection>());
        services.AddSingleton<IReadCache, RedisCache>();
        services.AddSingleton<ILiveFeed, RedisFeed>();
    }

    private static void AddLog(this IServiceCollection services, EngineSettings settings, ServiceRoles roles, StartFaults faults)
    {
        if (settings.Kafka is { } brokers)
        {
            faults.Try(() => KafkaConnection.Parse(brokers));
            services.AddKafkaLog(roles);
        }
        else if (settings.RabbitMq is { } broker)
        {
            faults.Try(() => RabbitMqConnection.Parse(broker));
            services.AddRabbitMqLog(roles);
        }
        else
        {
            services.AddInProcessLog<TimerScheduled>();
            services.AddSingleton<IShards, EveryShard>();
        }
    }

    private static void AddKafkaLog(this IServiceCollection services, ServiceRoles roles)
    {
        if (roles.HasFlag(ServiceRoles.Producer))
        {
            services.AddKafkaPublisher(TimerMessages.Scheduled);
            services.AddKafkaTimerKeys();
        }

        if (roles.HasFlag(ServiceRoles.Consumer))
        {
            services.AddKafkaConsumer(TimerMessages.Scheduled);
        }

        if (roles.HasFlag(ServiceRoles.Producer) || roles.HasFlag(ServiceRoles.Consumer))
        {
            services.AddKafkaWakeUps();
        }

        if (roles.HasFlag(ServiceRoles.Runner))
        {
            services.AddKafkaShards();
        }
    }

    private static void AddRabbitMqLog(this IServiceCollection services, ServiceRoles roles)
    {
        if (roles.HasFlag(ServiceRoles.Producer))
        {
            services.AddRabbitMqPublisher(TimerMessages.Scheduled);
        }

        if (roles.HasFlag(ServiceRoles.Consumer))
        {
            services.AddRabbitMqConsumer(TimerMessages.Scheduled);
        }

        if (roles.HasFlag(ServiceRoles.Producer) || roles.HasFlag(ServiceRoles.Consumer))
        {
            services.AddRabbitMqWakeUps();
        }

        if (roles.HasFlag(ServiceRoles.Runner))
        {
            services.AddRabbitMqShards();
        }
    }

    private static void AddInProcessLog<TMessage>(this IServiceCollection services)
    {
        services.AddSingleton<InProcessLog<TMessage>>();
        services.AddSingleton<IEventPublisher<TMessage>>(provider => provider.GetRequiredService<InProcessLog<TMessage>>());
        services.AddSingleton<ILogProgress<TMessage>>(provider => provider.GetRequiredService<InProcessLog<TMessage>>());
        services.AddHostedService(provider => provider.GetRequiredService<InProcessLog<TMessage>>());
    }
}
