using Contracts.Revenue;
using Infrastructure.Hosting;
using Infrastructure.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Infrastructure.Revenue.Sqlite;

internal static class SqliteRevenueServices
{
    /// <summary>Adds revenue in a file of the data folder.</summary>
    /// <param name="services">Where.</param>
    /// <param name="archives">Whether an archive is kept.</param>
    public static IServiceCollection AddSqliteRevenue(this IServiceCollection services, Func<IServiceProvider, bool> archives)
    {
        services.AddSqliteFile(RevenueMessages.Topic, RevenueSchema.Apply, SqliteTuning.ManyRows);
        services.AddSingleton(provider => new SqliteRevenueStore(
            provider.GetRequiredKeyedService<SqliteFile>(RevenueMessages.Topic), archives(provider)));
        services.AddSingleton<IRevenueStore>(provider => provider.GetRequiredService<SqliteRevenueStore>());
        services.AddSingleton<IRevenueArchive>(provider => provider.GetRequiredService<SqliteRevenueStore>());

        // Others are served without it, and it without them: none may make the whole service unready.
        return services.AddWarningCheck(
            RevenueMessages.Topic, provider => new SqliteReadiness(provider.GetRequiredKeyedService<SqliteFile>(RevenueMessages.Topic)));
    }
}
