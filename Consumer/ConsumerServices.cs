using Consumer.Timers;

namespace Consumer;

/// <summary>The Consumer: events in, stored state out.</summary>
public static class ConsumerServices
{
    /// <summary>Adds the handlers of all slices.</summary>
    public static IServiceCollection AddConsumer(this IServiceCollection services) => services
        .AddStoreTimers();
}
