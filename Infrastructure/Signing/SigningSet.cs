using System.Collections.Frozen;
using Contracts.Signing;
using Infrastructure.Secrets;

namespace Infrastructure.Signing;

/// <summary>All signing secrets as they were read last, decrypted.</summary>
internal sealed class SigningSet
{
    private readonly FrozenDictionary<string, Held> rows;
    private readonly FrozenDictionary<string, Held> defaults;
    private readonly FrozenDictionary<(string Tenant, SigningDestination Destination), Held> destinations;

    private SigningSet(Dictionary<string, Held> rows)
    {
        this.rows = rows.ToFrozenDictionary(StringComparer.Ordinal);
        var inForce = rows.Values.Where(held => held.Row.DeletedAt is null).ToList();
        defaults = inForce.Where(held => held.Row.Destination is null)
            .ToFrozenDictionary(held => held.Row.Tenant, StringComparer.Ordinal);
        var found = new Dictionary<(string Tenant, SigningDestination Destination), Held>();
        foreach (var held in inForce)
        {
            if (SigningDestination.TryParse(held.Row.Destination, out var destination))
            {
                found[(held.Row.Tenant, destination.Value)] = held;
            }
        }

        destinations = found.ToFrozenDictionary();
    }

    public static SigningSet Empty { get; } = new(new Dictionary<string, Held>(StringComparer.Ordinal));

    /// <summary>The secrets, deleted ones included.</summary>
    public IEnumerable<SigningSecret> Rows => rows.Values.Select(held => held.Row);

    /// <summary>Those in force that cannot be decrypted.</summary>
    public IEnumerable<SigningSecret> Unreadable =>
        rows.Values.Where(held => held is { Row.DeletedAt: null, Keys: null }).Select(held => held.Row);

    /// <summary>Whether a row is one that the set holds already.</summary>
    public bool Has(SigningSecret row) => rows.TryGetValue(row.Id, out var held) && IsSame(held.Row, row);

    /// <summary>The set with some secrets as they are now.</summary>
    /// <param name="changed">What was read.</param>
    /// <param name="isAll">Whether those are all that there are: others are gone.</param>
    /// <param name="box">Decrypts them.</param>
    public SigningSet With(IEnumerable<SigningSecret> changed, bool isAll, ISecretBox box)
    {
        var next = isAll ? new Dictionary<string, Held>(StringComparer.Ordinal) : rows.ToDictionary(StringComparer.Ordinal);
        foreach (var row in changed)
        {
            next[row.Id] = rows.TryGetValue(row.Id, out var held) && IsSame(held.Row, row) ? held : Decrypt(row, box);
        }

        return new SigningSet(next);
    }

    /// <returns>Null if nothing is to be signed.</returns>
    /// <exception cref="SigningSecretsUnavailableException">It cannot be decrypted.</exception>
    public SigningKeys? Find(string tenant, Uri url)
    {
        if (defaults.Count + destinations.Count == 0)
        {
            return null;
        }

        if (!destinations.TryGetValue((tenant, SigningDestination.Of(url)), out var held) && !defaults.TryGetValue(tenant, out held))
        {
            return null;
        }

        return held.Keys ?? throw new SigningSecretsUnavailableException($"The signing secret {held.Row.Id} cannot be decrypted.");
    }

    private static bool IsSame(SigningSecret one, SigningSecret other) => one.Version == other.Version && one.ChangedAt == other.ChangedAt;

    private static Held Decrypt(SigningSecret row, ISecretBox box)
    {
        if (row.DeletedAt is not null)
        {
            return new Held(row, Keys: null);
        }

        var current = Open(row.Sealed, row.PublicKey, SigningPlaces.Of(row), box);
        var previous = row.PreviousSealed.IsEmpty ? null
            : Open(row.PreviousSealed, row.PreviousPublicKey, SigningPlaces.OfPrevious(row), box);

        // Without the previous one, receivers that do not know the current one yet would refuse what comes.
        return current is null || (previous is null && !row.PreviousSealed.IsEmpty) ? new Held(row, Keys: null)
            : new Held(row, new SigningKeys(current, previous, row.PreviousUntil));
    }

    private static ISigner? Open(ReadOnlyMemory<byte> sealedSecret, ReadOnlyMemory<byte> publicKey, string place, ISecretBox box) =>
        box.Open(sealedSecret.Span, place) is not { } secret ? null
            : publicKey.IsEmpty ? new HmacSecret(secret) : new Ed25519Signer(secret);

    /// <param name="Row">As it is stored.</param>
    /// <param name="Keys">Null if it is deleted, or cannot be decrypted.</param>
    private sealed record Held(SigningSecret Row, SigningKeys? Keys);
}
