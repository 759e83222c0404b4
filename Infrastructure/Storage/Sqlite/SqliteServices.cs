using Contracts.Messaging;
using Contracts.Storage;
using Infrastructure.Hosting;
using Infrastructure.Messaging;
using Microsoft.Extensions.DependencyInjection;

namespace Infrastructure.Storage.Sqlite;

/// <summary>Registers what all SQLite files share.</summary>
internal static class SqliteServices
{
    public static IServiceCollection AddSqlite(this IServiceCollection services)
    {
        services.AddOptions<StorageOptions>().BindSettings(StorageOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<DataFolder>();
        services.AddSingleton<SqliteFiles>();
        services.AddSingleton<IStoreClock, WallClock>();
        services.AddSingleton<IDeadLetterStore, SqliteDeadLetterStore>();
        return services;
    }

    /// <summary>Adds a slice's file under the slice's name; it also holds the positions of the slice's log.</summary>
    /// <param name="services">The services to add to.</param>
    /// <param name="slice">Name of the slice, and of its topic.</param>
    /// <param name="schema">Creates or upgrades the tables, on a fresh connection.</param>
    /// <param name="tuning">What it is made for; <see cref="SqliteTuning.Prompt"/> by default.</param>
    public static IServiceCollection AddSqliteFile(
        this IServiceCollection services, string slice, Action<SqliteConnection> schema, SqliteTuning? tuning = null)
    {
        services.AddKeyedSingleton(slice, (provider, _) => provider.GetRequiredService<SqliteFiles>().Open(slice, schema, tuning));
        services.AddKeyedSingleton<ILogFile>(slice, (provider, _) => provider.GetRequiredKeyedService<SqliteFile>(slice).Log);
        return services;
    }
}
