using Contracts.Sites;
using Infrastructure.Hosting;
using Infrastructure.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Infrastructure.Sites.Sqlite;

internal static class SqliteSiteServices
{
    /// <summary>Adds the sites in a file of the data folder.</summary>
    public static IServiceCollection AddSqliteSites(this IServiceCollection services)
    {
        services.AddSqliteFile(SiteMessages.Topic, SiteSchema.Apply, SqliteTuning.ManyRows);
        services.AddSingleton(provider => new SqliteSiteStore(provider.GetRequiredKeyedService<SqliteFile>(SiteMessages.Topic)));
        services.AddSingleton<ISiteStore>(provider => provider.GetRequiredService<SqliteSiteStore>());
        services.AddSingleton<IVisitorSalts>(provider => provider.GetRequiredService<SqliteSiteStore>());

        // Others are served without it, and it without them: none may make the whole service unready.
        return services.AddWarningCheck(
            SiteMessages.Topic, provider => new SqliteReadiness(provider.GetRequiredKeyedService<SqliteFile>(SiteMessages.Topic)));
    }
}
