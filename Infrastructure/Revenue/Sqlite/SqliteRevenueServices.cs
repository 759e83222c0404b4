using Contracts.Revenue;
using Infrastructure.Hosting;
using Infrastructure.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Infrastructure.Revenue.Sqlite;

internal static class SqliteRevenueServices
{
    /// <summary>Adds revenue in a file of the data folder.</summary>
    public static IServiceCollection AddSqliteRevenue(this IServiceCollection services)
    {
        services.AddSqliteFile(RevenueMessages.Topic, RevenueSchema.Apply);
        services.AddSingleton<IRevenueStore>(provider =>
            new SqliteRevenueStore(provider.GetRequiredKeyedService<SqliteFile>(RevenueMessages.Topic)));

        // Others are served without it, and it without them: none may make the whole service unready.
        return services.AddWarningCheck(
            RevenueMessages.Topic, provider => new SqliteReadiness(provider.GetRequiredKeyedService<SqliteFile>(RevenueMessages.Topic)));
    }
}
