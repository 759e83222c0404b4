using Contracts.Caching;
using Contracts.Live;
using Infrastructure.Access;
using Infrastructure.Caching;
using Infrastructure.Hosting;
using Infrastructure.Live;
using Infrastructure.Messaging.Kafka;
using Infrastructure.Messaging.RabbitMq;
using Infrastructure.Signing;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using Infrastructure.Storage.Sqlite;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenTelemetry.Trace;

namespace Infrastructure;

/// <summary>Puts engines behind the ports: those that connection strings name or, without any, the embedded ones.</summary>
public static class Engines
{
    /// <summary>
    /// Chooses them for the services that live in this process. To be called before the services are added; slices register with what it
    /// returns.
    /// </summary>
    /// <remarks>Errors in the settings are collected, and reported in one message when the program runs.</remarks>
    public static EngineBuilder AddEngines(this WebApplicationBuilder builder, ServiceRoles roles)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var settings = EngineSettings.Read(builder.Configuration);
        var faults = new StartFaults();
        faults.Add(settings.FindFaults(roles));
        builder.Services.AddSingleton(faults);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddStore(settings, faults);
        builder.Services.AddCache(settings, faults);
        builder.Services.AddAccess(isMongo: settings.MongoDb is not null, (roles & ServiceRoles.Producer) != ServiceRoles.None);
        if ((roles & (ServiceRoles.Producer | ServiceRoles.Runner)) != ServiceRoles.None)
        {
            builder.Services.AddSigning(isMongo: settings.MongoDb is not null, roles);
        }

        if (settings.Kafka is { } brokers)
        {
            faults.Try(() => KafkaClients.Check(KafkaConnection.Parse(brokers)));
        }

        if (settings.RabbitMq is { } broker)
        {
            faults.Try(() => RabbitMqConnection.Parse(broker));
        }

        return new EngineBuilder(builder.Services, roles, settings);
    }

    private static void AddStore(this IServiceCollection services, EngineSettings settings, StartFaults faults)
    {
        if (settings.MongoDb is { } uri)
        {
            faults.Try(() => MongoAddress.Check(uri));
            services.AddMongo();
            services.AddVitalCheck<ClockReadiness>("clock");
        }
        else
        {
            faults.Try(SqliteLibrary.Check);
            services.AddSqlite();
        }
    }

    private static void AddCache(this IServiceCollection services, EngineSettings settings, StartFaults faults)
    {
        if (settings.Redis is not { } address)
        {
            services.AddSingleton<IReadCache, InProcessCache>();
            if (settings is { Kafka: null, RabbitMq: null })
            {
                services.AddSingleton<ILiveFeed, InProcessFeed>().AddNotices();
            }
            else
            {
                services.AddSingleton<ILiveFeed, UnsharedFeed>().AddSingleton<ILiveNotices, NoNotices>();
            }

            return;
        }

        faults.Try(() => services.AddSingleton(new RedisConnection(address)));
        services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.ConfigureRedisInstrumentation(
            (provider, instrumentation) =>
                provider.GetRequiredService<RedisConnection>().OnConnected(redis => instrumentation.AddConnection(redis))));
        services.AddHostedService(provider => provider.GetRequiredService<RedisConnection>());
        services.AddSingleton<IReadCache, RedisCache>();
        services.AddSingleton<ILiveFeed, RedisFeed>().AddNotices();
    }

    private static void AddNotices(this IServiceCollection services) => services
        .AddSingleton<LiveNotices>()
        .AddSingleton<ILiveNotices>(provider => provider.GetRequiredService<LiveNotices>())
        .AddHostedService(provider => provider.GetRequiredService<LiveNotices>());
}
