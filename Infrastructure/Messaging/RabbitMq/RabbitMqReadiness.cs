using Infrastructure.Hosting;

namespace Infrastructure.Messaging.RabbitMq;

/// <summary>Whether the broker answers.</summary>
internal sealed class RabbitMqReadiness(RabbitMqBus bus) : ReadinessCheck
{
    protected override Task<string?> FindFaultAsync(CancellationToken cancellationToken) =>
        Task.FromResult(bus.IsReachable ? null : "The log cannot be reached.");
}
