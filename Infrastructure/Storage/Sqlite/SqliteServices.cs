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

    /// <summary>Adds a slice's file, under its name; its log's positions stand in it.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="slice">The slice's name, and its topic's.</param>
    /// <param name="schema">Makes or upgrades the tables, on a fresh connection.</param>
    public static IServiceCollection AddSqliteFile(this IServiceCollection services, string slice, Action<SqliteConnection> schema)
    {
        services.AddKeyedSingleton(slice, (provider, _) => provider.GetRequiredService<SqliteFiles>().Open(slice, schema));
        services.AddKeyedSingleton<ILogFile>(slice, (provider, _) => provider.GetRequiredKeyedService<SqliteFile>(slice).Log);
        return services;
    }
}
