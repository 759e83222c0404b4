using Contracts.Items;
using Infrastructure.Storage.Mongo;
using Microsoft.Extensions.DependencyInjection;

namespace Infrastructure.Items.Mongo;

internal static class MongoItemServices
{
    /// <summary>Adds items. That the database answers is for the service's own check to say.</summary>
    public static IServiceCollection AddMongoItems(this IServiceCollection services) => services
        .AddSingleton<IItemStore>(provider => new MongoItemStore(provider.GetRequiredService<MongoConnection>()))
        .AddSingleton(new MongoIndexes(MongoItemSchema.CreateIndexesAsync));
}
