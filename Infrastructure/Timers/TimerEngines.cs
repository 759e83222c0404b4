using Contracts.Timers;
using Infrastructure.Hosting;
using Infrastructure.Timers.Kafka;
using Infrastructure.Timers.Mongo;
using Infrastructure.Timers.RabbitMq;
using Infrastructure.Timers.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;

namespace Infrastructure.Timers;

/// <summary>What timers keep in the engines and send over them.</summary>
public static class TimerEngines
{
    /// <summary>Adds it, once for all services of this process.</summary>
    public static EngineBuilder AddTimers(this EngineBuilder engines)
    {
        ArgumentNullException.ThrowIfNull(engines);
        if (!engines.TryBegin(TimerMessages.Topic))
        {
            return engines;
        }

        if (engines.Store == StoreEngine.MongoDb)
        {
            engines.Services.AddMongoTimers(engines.Has(ServiceRoles.Producer));
        }
        else
        {
            engines.Services.AddSqliteTimers();
        }

        if (engines.Has(ServiceRoles.Producer | ServiceRoles.Runner))
        {
            engines.Services.AddSingleton<TimerSecrets>();
            engines.Services.AddSingleton<ITimerSealer>(provider => provider.GetRequiredService<TimerSecrets>());
        }

        if (engines.Has(ServiceRoles.Runner))
        {
            // Where spans are exported at all.
            engines.Services.ConfigureOpenTelemetryTracerProvider(traces => traces.AddProcessor(new MaskedAddresses()));
        }

        engines.AddMessages(TimerMessages.Scheduled);
        switch (engines.Log)
        {
            case LogEngine.Kafka:
                engines.AddKafka();
                break;
            case LogEngine.RabbitMq:
                engines.AddRabbitMq();
                break;
            default:
                engines.Services.AddSingleton<IShards, EveryShard>();
                break;
        }

        return engines;
    }

    private static void AddKafka(this EngineBuilder engines)
    {
        engines.Services.AddKafkaTimerGroup();
        if (engines.Has(ServiceRoles.Producer))
        {
            engines.Services.AddKafkaTimerKeys();
        }

        if (engines.Has(ServiceRoles.Producer | ServiceRoles.Consumer))
        {
            engines.Services.AddKafkaWakeUps();
        }

        if (engines.Has(ServiceRoles.Runner))
        {
            engines.Services.AddKafkaShards();
        }
    }

    private static void AddRabbitMq(this EngineBuilder engines)
    {
        if (engines.Has(ServiceRoles.Producer | ServiceRoles.Consumer))
        {
            engines.Services.AddRabbitMqWakeUps();
        }

        if (engines.Has(ServiceRoles.Runner))
        {
            engines.Services.AddRabbitMqShards();
        }
    }
}
