using Contracts.Signing;
using Infrastructure.Secrets;
using Microsoft.Extensions.Logging;

namespace Infrastructure.Signing;

/// <summary>
/// Encrypts secrets anew when there is a new key to encrypt with, and forgets those before a rotation that sign no longer and those that
/// were deleted a day ago.
/// </summary>
internal sealed partial class SigningUpkeep(ISigningSecretStore store, ISecretBox box, TimeProvider time, ILogger<SigningUpkeep> logger)
{
    /// <summary>How long a deleted secret is kept, without its bytes: every service has read it by then.</summary>
    private static readonly TimeSpan DeletedRetention = TimeSpan.FromDays(1);

    /// <param name="rows">All secrets, as they have just been read.</param>
    /// <param name="cancellationToken">Stops it between two secrets.</param>
    public async Task RunOnceAsync(IEnumerable<SigningSecret> rows, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var hasOld = false;
        var renewed = 0;
        foreach (var row in rows.ToList())
        {
            hasOld |= row.DeletedAt < now - DeletedRetention;
            if (row.DeletedAt is not null)
            {
                continue;
            }

            var kept = row.PreviousUntil <= now
                ? row with { PreviousSealed = default, PreviousPublicKey = default, PreviousUntil = null } : row;
            var isOutdated = box.IsOutdated(kept.Sealed.Span) || box.IsOutdated(kept.PreviousSealed.Span);
            if (isOutdated && Renew(kept) is { } anew)
            {
                kept = anew;
                renewed++;
            }

            if (!ReferenceEquals(kept, row))
            {
                // Whoever else has changed it meanwhile wins; the next time does the rest.
                await store.TryReplaceAsync(row, kept with { ChangedAt = now }, cancellationToken);
            }
        }

        if (renewed > 0)
        {
            LogRenewed(renewed);
        }

        if (hasOld)
        {
            await store.PurgeAsync(now - DeletedRetention, cancellationToken);
        }
    }

    /// <returns>Null if it cannot be decrypted: nothing else is to be lost with it.</returns>
    private SigningSecret? Renew(SigningSecret row)
    {
        var current = Renew(row.Sealed, SigningPlaces.Of(row));
        var previous = row.PreviousSealed.IsEmpty ? [] : Renew(row.PreviousSealed, SigningPlaces.OfPrevious(row));
        return current is null || previous is null ? null : row with { Sealed = current, PreviousSealed = previous };
    }

    private byte[]? Renew(ReadOnlyMemory<byte> sealedSecret, string place) =>
        box.Open(sealedSecret.Span, place) is { } secret ? box.Seal(secret, place) : null;

    [LoggerMessage(4503, LogLevel.Information, "Signing secrets encrypted again with the first of the keys in Secrets:Key: {Count}")]
    private partial void LogRenewed(int count);
}
