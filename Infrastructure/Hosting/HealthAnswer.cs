namespace Infrastructure.Hosting;

/// <summary>The health of the service.</summary>
/// <param name="Status">ok, ready or degraded.</param>
/// <param name="Version">The release.</param>
public sealed record HealthAnswer(string Status, string Version)
{
    /// <summary>The result of each check: ok, or why it fails.</summary>
    public IReadOnlyDictionary<string, string>? Checks { get; init; }
}
