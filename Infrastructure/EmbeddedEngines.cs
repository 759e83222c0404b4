using Contracts.Caching;
using Contracts.Messaging;
using Contracts.Timers;
using Infrastructure.Caching;
using Infrastructure.Messaging;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;
using Infrastructure.Storage.Sqlite.Timers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Infrastructure;

/// <summary>Registers the engines that need nothing beside the process: an in-process log, SQLite, the machine's clock.</summary>
public static class EmbeddedEngines
{
    /// <summary>Adds them behind the ports.</summary>
    public static IServiceCollection AddEmbeddedEngines(this IServiceCollection services)
    {
        services.AddOptions<StorageOptions>()
            .BindConfiguration(StorageOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<DataFolder>();
        services.AddSingleton<IStoreClock, WallClock>();
        services.AddSingleton<IRunnerLease, FolderLease>();
        services.AddSingleton<IShards, EveryShard>();

        services.AddSingleton<IReadCache, InProcessCache>();
        services.AddSingleton(OpenTimers);
        services.AddSingleton<ITimerStore>(provider => provider.GetRequiredService<SqliteTimerStore>());
        services.AddSingleton<IDueTimers>(provider => provider.GetRequiredService<SqliteTimerStore>());
        services.AddInProcessLog<TimerScheduled>();
        return services;
    }

    private static SqliteTimerStore OpenTimers(IServiceProvider provider)
    {
        var file = provider.GetRequiredService<DataFolder>().FileFor("timers");
        try
        {
            return new SqliteTimerStore(file, provider.GetRequiredService<TimeProvider>());
        }
        catch (Exception error) when (error is SqliteFailureException or InvalidOperationException)
        {
            throw new StartupException($"The stored timers in {file} cannot be used: {error.Message}", error);
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
