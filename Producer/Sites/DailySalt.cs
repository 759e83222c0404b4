using System.Security.Cryptography;
using Contracts.Sites;
using Contracts.Storage;

namespace Producer.Sites;

/// <summary>
/// The salt of today, and that of tomorrow, so that a store that is down at midnight holds up nothing. While the store has never said the
/// salt of a day, this process has one of its own, which the store gets if it has none by then.
/// </summary>
internal sealed class DailySalt(IVisitorSalts salts, TimeProvider time)
{
    /// <summary>How long an event waits for a store that does not reply: it is accepted in any case.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1);

    /// <summary>Pause before a store that did not reply is asked again.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private const int Bytes = 32;

    private readonly Lock gate = new();
    private Known? today;
    private Known? tomorrow;
    private long? failedAt;

    /// <summary>The salt of today or tomorrow.</summary>
    /// <param name="now">Today, UTC.</param>
    /// <param name="day">The same, or the day after.</param>
    /// <param name="cancellationToken">Cancelled when the client has gone away.</param>
    public async ValueTask<byte[]> FindAsync(DateOnly now, DateOnly day, CancellationToken cancellationToken)
    {
        Known? known;
        bool isOver;
        lock (gate)
        {
            // Of a request that began just before midnight, while others are past it: what is kept stays as it is.
            isOver = today?.Day > now;

            // Nothing but these two are kept: what was known of the day before is gone.
            if (!isOver && today?.Day != now)
            {
                (today, tomorrow) = (tomorrow?.Day == now ? tomorrow : null, null);
            }

            known = day == today?.Day ? today : day == tomorrow?.Day ? tomorrow : null;
            if (known is { IsShared: true } || (known is not null && IsPaused))
            {
                return known.Salt;
            }
        }

        var proposal = known?.Salt ?? RandomNumberGenerator.GetBytes(Bytes);
        if (isOver)
        {
            return await AskAsync(stop => salts.EnsureAsync(day, proposal, stop)!, cancellationToken) ?? proposal;
        }

        var found = await EnsureAsync(now, day, proposal, cancellationToken);
        if (day == now && found.IsShared)
        {
            await FindAsync(now, now.AddDays(1), cancellationToken);
        }

        return found.Salt;
    }

    /// <summary>The salt of a day that is over; null if it is forgotten, or nobody can say.</summary>
    public async Task<byte[]?> FindFormerAsync(DateOnly day, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (IsPaused)
            {
                return null;
            }
        }

        return await AskAsync(stop => salts.FindAsync(day, stop), cancellationToken);
    }

    private bool IsPaused => failedAt is { } at && time.GetElapsedTime(at) < Pause;

    private async Task<Known> EnsureAsync(DateOnly now, DateOnly day, byte[] proposal, CancellationToken cancellationToken)
    {
        var salt = await AskAsync(stop => salts.EnsureAsync(day, proposal, stop)!, cancellationToken);
        var found = new Known(day, salt ?? proposal, IsShared: salt is not null);
        lock (gate)
        {
            ref var slot = ref day == now ? ref today : ref tomorrow;
            if (slot?.Day != day || found.IsShared)
            {
                slot = found;
            }

            // Of two who have asked a store that is down, the first one's is that of both.
            return slot;
        }
    }

    private async Task<byte[]?> AskAsync(Func<CancellationToken, Task<byte[]?>> ask, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(MaxWait, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            return await ask(stop.Token);
        }
        catch (Exception error) when (error is StoreUnavailableException or OperationCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            lock (gate)
            {
                failedAt = time.GetTimestamp();
            }

            return null;
        }
    }

    /// <param name="Day">The day, in UTC.</param>
    /// <param name="Salt">The random salt of the day.</param>
    /// <param name="IsShared">Whether it is the store's, and so that of all services.</param>
    private sealed record Known(DateOnly Day, byte[] Salt, bool IsShared);
}
