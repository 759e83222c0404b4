using Contracts.Access;
using Contracts.Storage;
using Infrastructure.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Infrastructure.Access;

/// <summary>
/// The keys in memory: no request waits for the store. What changes there, on whichever instance, is known here within a second.
/// </summary>
internal sealed partial class KeyRing(
    IKeyStore store, IOptions<KeyOptions> options, KeyMaker maker, Listening listening, TimeProvider time, ILogger<KeyRing> logger)
    : BackgroundService, IKeyRefresh
{
    /// <summary>Pause between two polls: with the time for one it is below the second in which a revocation is effective.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(400);

    /// <summary>How far back a poll looks: instances' clocks may differ, and a write may take its time.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(60);

    /// <summary>Pause between two times that everything is read, whatever the clocks say.</summary>
    private static readonly TimeSpan FullInterval = TimeSpan.FromSeconds(60);

    /// <summary>Pause between two times that last uses are stored.</summary>
    private static readonly TimeSpan UseInterval = TimeSpan.FromSeconds(10);

    /// <summary>How long a start waits for the store.</summary>
    private static readonly TimeSpan StartWait = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim turn = new(1);
    private volatile KeySet set = KeySet.Unknown;
    private long answered;
    private long readAll;
    private long notedUse = time.GetTimestamp();
    private DateTimeOffset newest = DateTimeOffset.MinValue;
    private bool isToldUnavailable;

    public KeySet Set => set;

    /// <summary>Whether anybody may call without a key: only ever on loopback, and only if it is known that there is none.</summary>
    public bool IsOpen => listening.IsLoopbackOnly && options.Value.Need switch
    {
        KeyNeed.Never => true,
        KeyNeed.Always => false,
        _ => set is { IsKnown: true, Keys.Count: 0 },
    };

    /// <summary>Whether keys can be judged: the store has answered, and not too long ago.</summary>
    public bool IsCurrent =>
        set.IsKnown && time.GetElapsedTime(Volatile.Read(ref answered)) <= options.Value.OutageAllowance + PollInterval;

    /// <inheritdoc />
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Need != KeyNeed.Never)
        {
            await LoadFirstAsync(cancellationToken);
            await base.StartAsync(cancellationToken);
        }

        if (!listening.IsLoopbackOnly && (options.Value.Need == KeyNeed.Never
            || (options.Value.Need == KeyNeed.IfAny && set is { IsKnown: true, Keys.Count: 0 })))
        {
            throw new StartupException(
                $"{listening.Foreign} can be reached from other machines, and there is no key. Make one (timers keys generate) and give it "
                + "as Keys__First, or listen on loopback: --urls http://127.0.0.1:3000");
        }
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            var isFull = !set.IsKnown || time.GetElapsedTime(readAll) > FullInterval;
            var begun = time.GetTimestamp();
            var since = isFull || newest == DateTimeOffset.MinValue ? DateTimeOffset.MinValue : newest - Overlap;
            var changed = await store.ReadChangedAsync(since, cancellationToken);
            foreach (var key in changed.Where(key => key.ChangedAt > newest))
            {
                newest = key.ChangedAt;
            }

            if (!set.IsKnown || changed.Any(key => !(set.Keys.TryGetValue(key.Id, out var held) && held.Key.Version == key.Version)))
            {
                set = set.With(changed, time.GetUtcNow());
            }

            Volatile.Write(ref answered, begun);
            readAll = isFull ? begun : readAll;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc />
    public async Task ChangedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RefreshAsync(cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            // What was changed is stored, and whoever did it has to be told; the next poll reads it.
        }
    }

    /// <inheritdoc />
    public (string Token, DateTimeOffset ExpiresAt)? CreateStreamToken(Caller caller)
    {
        if (caller.KeyId is null || !set.Keys.TryGetValue(caller.KeyId, out var held))
        {
            return null;
        }

        var until = time.GetUtcNow() + StreamTokens.Lifetime;
        return (StreamTokens.Create(held.Key, until), until);
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        turn.Dispose();
        base.Dispose();
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(PollInterval, time);
        while (await ticks.WaitForNextTickAsync(stoppingToken))
        {
            await RunOnceAsync(stoppingToken);
        }
    }

    private async Task LoadFirstAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartWait);
        try
        {
            await RunOnceAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It goes on without: nobody is let in until the store answers.
        }
    }

    private async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RefreshAsync(cancellationToken);
            if (await maker.AddMissingAsync(set, cancellationToken))
            {
                await RefreshAsync(cancellationToken);
            }

            isToldUnavailable = false;
            EndExpired();
            if (time.GetElapsedTime(notedUse) > UseInterval)
            {
                notedUse = time.GetTimestamp();
                await store.NoteUseAsync(TakeUses(), cancellationToken);
            }
        }
        catch (StoreUnavailableException error)
        {
            EndExpired();
            if (!isToldUnavailable)
            {
                isToldUnavailable = true;
                LogUnavailable(error.Message, options.Value.OutageAllowance);
            }
        }
    }

    private void EndExpired()
    {
        var now = time.GetUtcNow();
        foreach (var held in set.Keys.Values.Where(held => !held.Caller.Ended.IsCancellationRequested && held.IsOver(now)))
        {
            held.End();
        }
    }

    private Dictionary<string, DateTimeOffset> TakeUses()
    {
        var uses = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (var held in set.Keys.Values)
        {
            if (held.TakeUse() is { } at)
            {
                uses[held.Key.Id] = at;
            }
        }

        return uses;
    }

    [LoggerMessage(4401, LogLevel.Warning, "Keys cannot be read: {Reason} Keys that were valid stay so for {Allowance}")]
    private partial void LogUnavailable(string reason, TimeSpan allowance);
}
