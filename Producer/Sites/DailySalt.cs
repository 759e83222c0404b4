using System.Security.Cryptography;
using Contracts.Sites;
using Contracts.Storage;

namespace Producer.Sites;

/// <summary>The salt of today, and that of tomorrow, so that a store that is down at midnight holds up nothing.</summary>
internal sealed class DailySalt(IVisitorSalts salts)
{
    private const int Bytes = 32;

    private volatile Known? today;
    private volatile Known? tomorrow;

    /// <summary>The salt of an instant's day.</summary>
    /// <exception cref="StoreUnavailableException">It is not known here, and the store did not reply.</exception>
    public async ValueTask<byte[]> FindAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        var day = DateOnly.FromDateTime(at.UtcDateTime);
        if (today is { } known && known.Day == day)
        {
            return known.Salt;
        }

        var found = tomorrow is { } next && next.Day == day ? next : await EnsureAsync(day, cancellationToken);

        // Nothing but these two are kept: what was known of the day before is gone.
        today = found;
        try
        {
            tomorrow = await EnsureAsync(day.AddDays(1), cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            // It is asked again when it is needed.
        }

        return found.Salt;
    }

    private async Task<Known> EnsureAsync(DateOnly day, CancellationToken cancellationToken) =>
        new(day, await salts.EnsureAsync(day, RandomNumberGenerator.GetBytes(Bytes), cancellationToken));

    private sealed record Known(DateOnly Day, byte[] Salt);
}
