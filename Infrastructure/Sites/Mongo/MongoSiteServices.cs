using Contracts.Sites;
using Infrastructure.Storage.Mongo;
using Microsoft.Extensions.DependencyInjection;

namespace Infrastructure.Sites.Mongo;

internal static class MongoSiteServices
{
    /// <summary>Adds the sites. That the database answers is for the service's own check to say.</summary>
    public static IServiceCollection AddMongoSites(this IServiceCollection services)
    {
        services.AddSingleton<MongoSiteStore>();
        services.AddSingleton<ISiteStore>(provider => provider.GetRequiredService<MongoSiteStore>());
        services.AddSingleton<IVisitorSalts>(provider => provider.GetRequiredService<MongoSiteStore>());
        return services.AddSingleton(new MongoIndexes(MongoSiteSchema.CreateIndexesAsync));
    }
}
