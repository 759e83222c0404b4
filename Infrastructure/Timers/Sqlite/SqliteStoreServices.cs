using Contracts.Timers;
using Infrastructure.Hosting;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Infrastructure.Timers.Sqlite;

internal static class SqliteStoreServices
{
    /// <summary>Adds the timers in a file of the data folder.</summary>
    public static IServiceCollection AddSqliteStore(this IServiceCollection services)
    {
        services.AddOptions<StorageOptions>()
            .BindSettings(StorageOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<DataFolder>();
        services.AddSingleton(Open);
        services.AddSingleton<ITimerStore>(provider => provider.GetRequiredService<SqliteTimerStore>());
        services.AddSingleton<IDueTimers>(provider => provider.GetRequiredService<SqliteTimerStore>());
        return services;
    }

    private static SqliteTimerStore Open(IServiceProvider provider)
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
}
