using Contracts.Revenue;
using Infrastructure.Storage.Mongo;
using Microsoft.Extensions.DependencyInjection;

namespace Infrastructure.Revenue.Mongo;

internal static class MongoRevenueServices
{
    /// <summary>Adds revenue. That the database answers is for the service's own check to say.</summary>
    /// <param name="services">Where.</param>
    /// <param name="archives">Whether an archive is kept.</param>
    public static IServiceCollection AddMongoRevenue(this IServiceCollection services, Func<IServiceProvider, bool> archives) => services
        .AddSingleton(provider => new MongoRevenueStore(provider.GetRequiredService<MongoConnection>(), archives(provider)))
        .AddSingleton<IRevenueStore>(provider => provider.GetRequiredService<MongoRevenueStore>())
        .AddSingleton<IRevenueArchive>(provider => provider.GetRequiredService<MongoRevenueStore>())
        .AddSingleton(new MongoIndexes(MongoRevenueSchema.CreateIndexesAsync));
}
