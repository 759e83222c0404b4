using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Infrastructure.Hosting;

/// <summary>A health check of something that the service needs to serve, bounded in time.</summary>
public abstract class ReadinessCheck : IHealthCheck
{
    /// <summary>Marks these checks: <c>/health/ready</c> asks them and no others.</summary>
    public const string Tag = "ready";

    /// <summary>Marks those that never make the service unready.</summary>
    public const string Warning = "warning";

    /// <summary>Bound on one check: whoever asks has a bound, too.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    /// <inheritdoc />
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        string? fault;
        try
        {
            fault = await FindFaultAsync(cancellationToken).WaitAsync(Timeout, cancellationToken);
        }
        catch (TimeoutException)
        {
            fault = $"The {context.Registration.Name} does not answer.";
        }

        return fault is null ? HealthCheckResult.Healthy() : new HealthCheckResult(context.Registration.FailureStatus, fault);
    }

    /// <summary>Why it fails, in words for a client; null if it does not.</summary>
    protected abstract Task<string?> FindFaultAsync(CancellationToken cancellationToken);
}
