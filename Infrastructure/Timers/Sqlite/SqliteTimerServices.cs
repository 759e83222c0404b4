using Contracts.Timers;
using Infrastructure.Hosting;
using Infrastructure.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Infrastructure.Timers.Sqlite;

internal static class SqliteTimerServices
{
    /// <summary>Adds the timers in a file of the data folder.</summary>
    public static IServiceCollection AddSqliteTimers(this IServiceCollection services)
    {
        services.AddSqliteFile(TimerMessages.Topic, TimerSchema.Apply);
        services.AddSingleton(provider => new SqliteTimerStore(
            provider.GetRequiredKeyedService<SqliteFile>(TimerMessages.Topic), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ITimerStore>(provider => provider.GetRequiredService<SqliteTimerStore>());
        services.AddSingleton<IDueTimers>(provider => provider.GetRequiredService<SqliteTimerStore>());
        services.AddEngineCheck<SqliteTimerReadiness>("store");
        services.AddSingleton<IRunnerLease, FolderLease>();
        return services;
    }
}
