namespace Infrastructure.Hosting;

/// <summary>How the service is.</summary>
/// <param name="Status">ok, ready or degraded.</param>
/// <param name="Version">The release.</param>
public sealed record HealthAnswer(string Status, string Version)
{
    /// <summary>What each thing that it needs says: ok, or why it does not serve.</summary>
    public IReadOnlyDictionary<string, string>? Checks { get; init; }
}
