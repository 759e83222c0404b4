using Infrastructure.Hosting;

namespace Runner.Events;

/// <summary>
/// Whether rollups were found to differ from the raw events: everything is served all the same, and somebody should look.
/// </summary>
internal sealed class DriftReadiness(DriftFindings findings) : ReadinessCheck
{
    protected override Task<string?> FindFaultAsync(CancellationToken cancellationToken) => Task.FromResult(findings.Summary);
}
