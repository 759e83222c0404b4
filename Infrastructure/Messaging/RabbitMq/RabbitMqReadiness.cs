using Infrastructure.Hosting;

namespace Infrastructure.Messaging.RabbitMq;

/// <summary>Whether the broker answers.</summary>
internal sealed class RabbitMqReadiness(RabbitMqBus bus) : IReadinessCheck
{
    public string Name => "log";

    public bool IsVital => false;

    public Task<string?> FindFaultAsync(CancellationToken cancellationToken) =>
        Task.FromResult(bus.IsReachable ? null : "The log cannot be reached.");
}
