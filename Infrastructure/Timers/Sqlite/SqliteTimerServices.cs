using Contracts.Timers;
using Infrastructure.Hosting;
using Infrastructure.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Infrastructure.Timers.Sqlite;

internal static class SqliteTimerServices
{
    /// <summary>Adds the timers in a file of the data folder.</summary>
    public static IServiceCollection AddSqliteTimers(this IServiceCollection services)
    {
        services.AddSingleton(new StartAhead(LoadAsync));
        services.AddSqliteFile(TimerMessages.Topic, TimerSchema.Apply);
        services.AddSingleton(provider => new SqliteTimerStore(
            provider.GetRequiredKeyedService<SqliteFile>(TimerMessages.Topic), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ITimerStore>(provider => provider.GetRequiredService<SqliteTimerStore>());
        services.AddSingleton<IDueTimers>(provider => provider.GetRequiredService<SqliteTimerStore>());
        services.AddSingleton<ITimerUsage>(provider => provider.GetRequiredService<SqliteTimerStore>());
        services.AddSingleton<IDestinationLoads>(provider => provider.GetRequiredService<SqliteTimerStore>());
        services.AddEngineCheck<SqliteTimerReadiness>("store");
        services.AddSingleton<IRunnerLease, FolderLease>();
        services.AddSingleton(provider => OpenJournal(
            provider.GetRequiredKeyedService<SqliteFile>(TimerMessages.Topic),
            provider.GetRequiredService<ILogger<OutcomeJournal>>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddWarningCheck<JournalReadiness>("journal");
        return services;
    }

    /// <summary>Opens a store in memory and claims from it, which finds the library and compiles what opening the real one needs.</summary>
    private static async Task LoadAsync()
    {
        using var store = new SqliteTimerStore(":memory:", TimeProvider.System);
        await store.ClaimAsync(new ClaimRequest(DateTimeOffset.MinValue, DateTimeOffset.UnixEpoch, 1, 1), CancellationToken.None);
    }

    /// <summary>A process that keeps nothing has nothing to repeat either.</summary>
    private static IOutcomeJournal OpenJournal(SqliteFile file, ILogger<OutcomeJournal> logger, TimeProvider time)
    {
        if (file.Location is not { } location)
        {
            return new NoJournal();
        }

        var path = location + OutcomeFile.Suffix;
        try
        {
            var journal = new OutcomeJournal(path, logger, time);
            file.Watch(path, length: OutcomeFile.Length);
            return journal;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The journal of outcomes {path} cannot be used: {error.Message}", error);
        }
    }
}
