using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Hosting;
using Infrastructure.Storage.Mongo.Timers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Infrastructure.Storage.Mongo;

/// <summary>Registers MongoDB behind the storage ports.</summary>
public static class MongoStore
{
    private const string ConnectionString = "MongoDb";

    /// <summary>Adds the connection and the store's clock, in the database of <c>ConnectionStrings:MongoDb</c>.</summary>
    /// <remarks>The start does not wait for the database; it fails on a connection string that cannot be read.</remarks>
    public static IServiceCollection AddMongo(this IServiceCollection services)
    {
        services.AddOptions<MongoOptions>()
            .BindSettings(MongoOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new MongoConnection(
            provider.GetRequiredService<IConfiguration>().GetConnectionString(ConnectionString)
                ?? throw new StartupException("ConnectionStrings:MongoDb is missing."),
            provider.GetRequiredService<IOptions<MongoOptions>>().Value,
            provider.GetRequiredService<TimeProvider>()));

        services.AddSingleton<IStoreTime, MongoStoreTime>();
        services.AddSingleton<SampledClock>();
        services.AddSingleton<IStoreClock>(provider => provider.GetRequiredService<SampledClock>());
        services.AddHostedService(provider => provider.GetRequiredService<SampledClock>());
        return services;
    }

    /// <summary>Adds the timers and the Runners' leases.</summary>
    public static IServiceCollection AddMongoTimers(this IServiceCollection services)
    {
        services.AddSingleton(provider => new MongoTimerStore(
            provider.GetRequiredService<MongoConnection>(),
            provider.GetRequiredService<IOptions<MongoOptions>>().Value,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ITimerStore>(provider => provider.GetRequiredService<MongoTimerStore>());
        services.AddSingleton<IDueTimers>(provider => provider.GetRequiredService<MongoTimerStore>());
        services.AddSingleton<IRunnerLeases, MongoRunnerLeases>();
        services.AddHostedService<MongoIndexer>();
        return services;
    }
}
