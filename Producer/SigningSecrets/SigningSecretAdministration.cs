using Contracts.Signing;
using Infrastructure.Secrets;
using Infrastructure.Signing;

namespace Producer.SigningSecrets;

/// <summary>Makes, rotates and deletes the signing secrets of a tenant: nobody sees or changes another tenant's.</summary>
/// <param name="store">Where they are kept.</param>
/// <param name="box">Encrypts them.</param>
/// <param name="time">The clock.</param>
/// <param name="refresh">Tells this process's Runner; null where there is none, and others find out by themselves.</param>
internal sealed class SigningSecretAdministration(
    ISigningSecretStore store, ISecretBox box, TimeProvider time, ISigningRefresh? refresh = null)
{
    public static readonly TimeSpan DefaultOverlap = TimeSpan.FromHours(24);

    public static readonly TimeSpan MaxOverlap = TimeSpan.FromDays(30);

    public DateTimeOffset Now => time.GetUtcNow();

    /// <param name="tenant">Whose webhooks it signs.</param>
    /// <param name="destination">Where they go; null for the default.</param>
    /// <param name="secret">What to sign with.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>The secret, or why there is none.</returns>
    public async Task<(SigningSecret? Made, SigningSecretRefusal Refusal)> CreateAsync(
        string tenant, SigningDestination? destination, NewSecret secret, CancellationToken cancellationToken)
    {
        var now = Now;
        var made = new SigningSecret
        {
            Id = SigningSecret.IdOf(tenant, destination?.Text),
            Tenant = tenant,
            Destination = destination?.Text,
            Sealed = default,
            PublicKey = secret.PublicKey,
            CreatedAt = now,
            ChangedAt = now,
        };
        if (box.Seal(secret.Bytes, SigningPlaces.Of(made)) is not { } encrypted)
        {
            return (null, SigningSecretRefusal.NoKey);
        }

        made = made with { Sealed = encrypted };
        var before = await store.FindAsync(made.Id, cancellationToken);
        if (before is { DeletedAt: null })
        {
            return (null, SigningSecretRefusal.Taken);
        }

        var isMade = before is null
            ? await store.TryAddAsync(made, cancellationToken)
            : await store.TryReplaceAsync(before, made, cancellationToken);
        if (!isMade)
        {
            return (null, SigningSecretRefusal.Changed);
        }

        await TellAsync(cancellationToken);
        return (made, default);
    }

    /// <returns>Null if the tenant has none of that id.</returns>
    public async Task<SigningSecret?> FindAsync(string tenant, string id, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken) is { DeletedAt: null } found && found.Tenant == tenant ? found : null;

    public Task<IReadOnlyList<SigningSecret>> ListAsync(
        string tenant, string? after, int limit, CancellationToken cancellationToken) =>
        store.ListAsync(tenant, after, limit, cancellationToken);

    /// <returns>The secret as it now is, or why it is not.</returns>
    public async Task<(SigningSecret? Rotated, SigningSecretRefusal Refusal)> RotateAsync(
        SigningSecret row, NewSecret secret, TimeSpan overlap, CancellationToken cancellationToken)
    {
        var now = Now;
        var hasOverlap = overlap > TimeSpan.Zero;
        var rotated = row with
        {
            PublicKey = secret.PublicKey,
            PreviousSealed = hasOverlap ? row.Sealed : default,
            PreviousPublicKey = hasOverlap ? row.PublicKey : default,
            PreviousUntil = hasOverlap ? now + overlap : null,
            RotatedAt = now,
            ChangedAt = now,
        };
        if (box.Seal(secret.Bytes, SigningPlaces.Of(rotated)) is not { } encrypted)
        {
            return (null, SigningSecretRefusal.NoKey);
        }

        rotated = rotated with { Sealed = encrypted };
        if (!await store.TryReplaceAsync(row, rotated, cancellationToken))
        {
            return (null, SigningSecretRefusal.Changed);
        }

        await TellAsync(cancellationToken);
        return (rotated, default);
    }

    /// <returns>False if it was changed meanwhile.</returns>
    public async Task<bool> DeleteAsync(SigningSecret row, CancellationToken cancellationToken)
    {
        var now = Now;
        var deleted = row with
        {
            Sealed = default,
            PublicKey = default,
            PreviousSealed = default,
            PreviousPublicKey = default,
            PreviousUntil = null,
            DeletedAt = now,
            ChangedAt = now,
        };
        if (!await store.TryReplaceAsync(row, deleted, cancellationToken))
        {
            return false;
        }

        await TellAsync(cancellationToken);
        return true;
    }

    /// <summary>Here at once; elsewhere within a second.</summary>
    private Task TellAsync(CancellationToken cancellationToken) => refresh?.ChangedAsync(cancellationToken) ?? Task.CompletedTask;
}
