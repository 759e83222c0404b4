using Contracts.Messaging;
using Contracts.Storage;
using Infrastructure.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Infrastructure.Storage.Mongo;

/// <summary>Registers MongoDB behind the storage ports.</summary>
public static class MongoStore
{
    private const string ConnectionString = "MongoDb";

    /// <summary>Adds the connection, the store's clock and the dead letters, in the database of <c>ConnectionStrings:MongoDb</c>.</summary>
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
            provider.GetRequiredService<TimeProvider>(),
            new DamageReport(provider.GetRequiredService<ILogger<DamageReport>>())));
        services.AddWarningCheck<MongoDamageReadiness>("rows");

        services.AddSingleton<IStoreTime, MongoStoreTime>();
        services.AddSingleton<SampledClock>();
        services.AddSingleton<IStoreClock>(provider => provider.GetRequiredService<SampledClock>());
        services.AddHostedService(provider => provider.GetRequiredService<SampledClock>());
        services.AddSingleton<IDeadLetterStore, MongoDeadLetterStore>();
        services.AddSingleton(MongoDeadLetterStore.Indexes);
        services.AddHostedService<MongoIndexer>();
        return services;
    }
}
