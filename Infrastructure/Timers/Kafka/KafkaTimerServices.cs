using Contracts.Timers;
using Infrastructure.Messaging.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Infrastructure.Timers.Kafka;

/// <summary>Kafka services for timers beyond their messages.</summary>
internal static class KafkaTimerServices
{
    public const string WakeUps = "timers.wakeups";

    /// <summary>The Runners' group: the wake-up topic's partitions are the shards.</summary>
    public const string RunnerGroup = "timers.runner";

    /// <summary>Short: a wake-up is of no use later.</summary>
    private static readonly TimeSpan WakeUpRetention = TimeSpan.FromHours(1);

    /// <summary>The group of timers keeps the name that release 0.1.0 gave it.</summary>
    public static IServiceCollection AddKafkaTimerGroup(this IServiceCollection services) =>
        services.Configure<KafkaOptions>(options => options.FirstTopic = TimerMessages.Topic);

    /// <summary>Keys of new timers, whose messages coalesce: <see cref="ITimerKeys"/>.</summary>
    public static IServiceCollection AddKafkaTimerKeys(this IServiceCollection services)
    {
        services.AddKafka();
        return services.AddSingleton<ITimerKeys>(provider =>
        {
            var probe = provider.GetRequiredService<KafkaProbe>();
            var topic = provider.GetRequiredService<IOptions<KafkaOptions>>().Value.Prefixed(TimerMessages.Topic);
            return new CoalescedKeys(() => probe.PartitionsOf(topic));
        });
    }

    /// <summary>Wake-ups from the Consumer to the Runners: <see cref="IWakeUps"/>.</summary>
    public static IServiceCollection AddKafkaWakeUps(this IServiceCollection services)
    {
        services.AddKafka().AddKafkaTopic(WakeUps, Shard.Count, WakeUpRetention);
        services.AddSingleton<KafkaWakeUps>();
        services.AddSingleton<IWakeUps>(provider => provider.GetRequiredService<KafkaWakeUps>());
        return services.AddHostedService(provider => provider.GetRequiredService<KafkaWakeUps>());
    }

    /// <summary>The Runner's shards, and the wake-ups that reach it: <see cref="IShards"/>.</summary>
    public static IServiceCollection AddKafkaShards(this IServiceCollection services)
    {
        services.AddKafka().AddKafkaTopic(WakeUps, Shard.Count, WakeUpRetention);
        services.AddSingleton<KafkaShards>();
        services.AddSingleton<IShards>(provider => provider.GetRequiredService<KafkaShards>());
        return services.AddHostedService(provider => provider.GetRequiredService<KafkaShards>());
    }
}
