using Contracts.Items;
using Infrastructure.Hosting;
using Infrastructure.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Infrastructure.Items.Sqlite;

internal static class SqliteItemServices
{
    /// <summary>Adds items in a file of the data folder.</summary>
    public static IServiceCollection AddSqliteItems(this IServiceCollection services)
    {
        services.AddSqliteFile(ItemMessages.Topic, ItemSchema.Apply, SqliteTuning.ManyRows);
        services.AddSingleton<IItemStore>(provider => new SqliteItemStore(
            provider.GetRequiredKeyedService<SqliteFile>(ItemMessages.Topic)));

        // Others are served without it, and it without them: none may make the whole service unready.
        return services.AddWarningCheck(
            ItemMessages.Topic, provider => new SqliteReadiness(provider.GetRequiredKeyedService<SqliteFile>(ItemMessages.Topic)));
    }
}
