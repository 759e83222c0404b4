using Infrastructure.Hosting;

namespace Infrastructure.Messaging.Kafka;

/// <summary>Whether a broker answers.</summary>
internal sealed class KafkaReadiness(KafkaProbe probe) : IReadinessCheck
{
    public string Name => "log";

    public bool IsVital => false;

    public Task<string?> FindFaultAsync(CancellationToken cancellationToken) =>
        Task.FromResult(probe.IsReachable ? null : "The log cannot be reached.");
}
