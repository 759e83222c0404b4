using Contracts.Schedules;
using Infrastructure.Storage.Mongo;
using Microsoft.Extensions.DependencyInjection;

namespace Infrastructure.Schedules.Mongo;

internal static class MongoScheduleServices
{
    /// <summary>Adds the schedules. That the database answers is for the service's own check to say.</summary>
    public static IServiceCollection AddMongoSchedules(this IServiceCollection services)
    {
        services.AddSingleton<IScheduleStore, MongoScheduleStore>();
        services.AddSingleton<ICalendarStore, MongoCalendarStore>();
        services.AddSingleton(new MongoIndexes(MongoCalendarStore.CreateIndexesAsync));
        return services.AddSingleton(new MongoIndexes(MongoScheduleStore.CreateIndexesAsync));
    }
}
