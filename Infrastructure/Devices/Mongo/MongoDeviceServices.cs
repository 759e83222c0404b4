using Contracts.Devices;
using Infrastructure.Storage.Mongo;
using Microsoft.Extensions.DependencyInjection;

namespace Infrastructure.Devices.Mongo;

internal static class MongoDeviceServices
{
    /// <summary>Adds the devices. That the database answers is for the service's own check to say.</summary>
    public static IServiceCollection AddMongoDevices(this IServiceCollection services)
    {
        services.AddSingleton<IDeviceStore, MongoDeviceStore>();
        return services.AddSingleton(new MongoIndexes(MongoDeviceSchema.CreateIndexesAsync));
    }
}
