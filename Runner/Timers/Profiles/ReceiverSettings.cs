using Contracts.Signing;

namespace Runner.Timers.Profiles;

/// <summary>What one tenant's webhooks to one destination need, as an operator has written it down.</summary>
internal sealed record ReceiverSettings
{
    /// <summary>Whose webhooks.</summary>
    public string Tenant { get; init; } = Contracts.Common.Tenant.Default;

    /// <summary>Where they go: scheme, host and port.</summary>
    public required SigningDestination Destination { get; init; }

    /// <summary>A PEM file with the only roots that the receiver's certificate may lead to; null for those of the system.</summary>
    public string? Roots { get; init; }

    /// <summary>A PEM file with the certificate that is shown to the receiver, and those that lead to its root; null for none.</summary>
    public string? Certificate { get; init; }

    /// <summary>A PEM file with its private key; null if the certificate's file has it.</summary>
    public string? Key { get; init; }

    /// <summary>Where access tokens come from; null for none.</summary>
    public TokenSettings? Tokens { get; init; }

    /// <summary>All files that it names.</summary>
    public IEnumerable<string> Files => new[] { Roots, Certificate, Key, Tokens?.ClientSecretFile }.OfType<string>();
}
