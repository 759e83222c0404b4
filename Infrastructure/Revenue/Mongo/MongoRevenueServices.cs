using Contracts.Revenue;
using Infrastructure.Storage.Mongo;
using Microsoft.Extensions.DependencyInjection;

namespace Infrastructure.Revenue.Mongo;

internal static class MongoRevenueServices
{
    /// <summary>Adds revenue. That the database answers is for the service's own check to say.</summary>
    public static IServiceCollection AddMongoRevenue(this IServiceCollection services) => services
        .AddSingleton<IRevenueStore, MongoRevenueStore>()
        .AddSingleton(new MongoIndexes(MongoRevenueSchema.CreateIndexesAsync));
}
