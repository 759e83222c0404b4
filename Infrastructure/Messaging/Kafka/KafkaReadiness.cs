using Infrastructure.Hosting;

namespace Infrastructure.Messaging.Kafka;

/// <summary>Whether a broker answers.</summary>
internal sealed class KafkaReadiness(KafkaProbe probe) : ReadinessCheck
{
    protected override Task<string?> FindFaultAsync(CancellationToken cancellationToken) =>
        Task.FromResult(probe.IsReachable ? null : "The log cannot be reached.");
}
