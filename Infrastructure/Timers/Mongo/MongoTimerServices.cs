using Contracts.Timers;
using Infrastructure.Hosting;
using Infrastructure.Storage.Mongo;
using Infrastructure.Timers.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Infrastructure.Timers.Mongo;

internal static class MongoTimerServices
{
    /// <summary>Adds the timers and the Runners' leases.</summary>
    /// <param name="services">The services to add to.</param>
    /// <param name="isProducer">Whether a Producer is in this process.</param>
    public static IServiceCollection AddMongoTimers(this IServiceCollection services, bool isProducer)
    {
        services.AddSingleton(provider => new MongoTimerStore(
            provider.GetRequiredService<MongoConnection>(),
            provider.GetRequiredService<IOptions<MongoOptions>>().Value,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ITimerStore>(provider => provider.GetRequiredService<MongoTimerStore>());
        services.AddSingleton<IDueTimers>(provider => provider.GetRequiredService<MongoTimerStore>());
        services.AddSingleton<ITimerUsage>(provider => provider.GetRequiredService<MongoTimerStore>());
        services.AddSingleton<IDestinationLoads>(provider => provider.GetRequiredService<MongoTimerStore>());
        services.AddSingleton<IRunnerLeases, MongoRunnerLeases>();
        services.AddSingleton<IOutcomeJournal, NoJournal>();
        services.AddSingleton<IOutcomePages, MongoOutcomePages>();
        services.AddEngineCheck<TimerStoreReadiness>("store");
        services.AddSingleton(new MongoIndexes(MongoTimerSchema.CreateIndexesAsync));
        return isProducer ? services.AddSingleton(new MongoIndexes(MongoTimerSchema.DropFormerIndexesAsync)) : services;
    }
}
