using Infrastructure.Hosting;

namespace Infrastructure.Messaging.Kafka;

/// <summary>Whether a broker answers, and no topic was deleted.</summary>
internal sealed class KafkaReadiness(KafkaProbe probe) : ReadinessCheck
{
    protected override Task<string?> FindFaultAsync(CancellationToken cancellationToken) =>
        Task.FromResult(
        !probe.IsReachable ? "The log cannot be reached."
        : probe.Absent is [var topic, ..] ? $"The topic {topic} does not exist."
        : null);
}
