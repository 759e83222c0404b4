using Contracts.Messaging;
using Contracts.Timers;

namespace Consumer.Timers;

internal static class StoreTimersServices
{
    public static IServiceCollection AddStoreTimers(this IServiceCollection services) =>
        services.AddSingleton<IBatchHandler<TimerScheduled>, StoreTimersHandler>();
}
