using System.Security.Cryptography;
using System.Text;

namespace Contracts.Signing;

/// <summary>What a tenant's webhooks are signed with, as it is stored: encrypted.</summary>
public sealed record SigningSecret
{
    private const int IdLength = 24;

    /// <summary>Names it; see <see cref="IdOf"/>.</summary>
    public required string Id { get; init; }

    /// <summary>Whose webhooks it signs.</summary>
    public required string Tenant { get; init; }

    /// <summary>
    /// Where they go, as <see cref="SigningDestination.Text"/> writes it; null for the tenant's default, which signs what goes anywhere
    /// else.
    /// </summary>
    public string? Destination { get; init; }

    /// <summary>The secret, or the private key (its seed of 32 bytes), encrypted; empty once it is deleted.</summary>
    public required ReadOnlyMemory<byte> Sealed { get; init; }

    /// <summary>What receivers verify with; empty for <see cref="SigningKind.V1"/>, and once it is deleted.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; init; }

    /// <summary>The secret before the last rotation, encrypted; empty without one.</summary>
    public ReadOnlyMemory<byte> PreviousSealed { get; init; }

    /// <summary>The public key before the last rotation; empty without one, and if that was of <see cref="SigningKind.V1"/>.</summary>
    public ReadOnlyMemory<byte> PreviousPublicKey { get; init; }

    /// <summary>Until when the secret before the last rotation signs as well; null without one.</summary>
    public DateTimeOffset? PreviousUntil { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last rotated; null if it never was.</summary>
    public DateTimeOffset? RotatedAt { get; init; }

    /// <summary>When it was deleted; null if it is in force. Deleted ones stay for a day, so that all services notice.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>When anything of it last changed, UTC: how services find what is new.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Counts its changes, from 1.</summary>
    public long Version { get; init; } = 1;

    /// <summary>What kind of signatures it makes.</summary>
    public SigningKind Kind => PublicKey.IsEmpty ? SigningKind.V1 : SigningKind.V1a;

    /// <summary>The id follows from tenant and destination: of two that are made for the same destination at once one wins.</summary>
    public static string IdOf(string tenant, string? destination) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant}\n{destination}")))[..IdLength];
}
