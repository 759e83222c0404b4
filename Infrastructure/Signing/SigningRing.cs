using Contracts.Signing;
using Contracts.Storage;
using Infrastructure.Secrets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Infrastructure.Signing;

/// <summary>
/// The signing secrets in memory: no webhook waits for the store. What changes there, on whichever instance, is known here within a second.
/// </summary>
internal sealed partial class SigningRing(
    ISigningSecretStore store, ISecretBox box, SigningUpkeep upkeep, TimeProvider time, ILogger<SigningRing> logger)
    : BackgroundService, ISigningSecrets, ISigningRefresh
{
    /// <summary>Pause between two polls.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(400);

    /// <summary>How far back a poll looks: instances' clocks may differ, and a write may take its time.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(60);

    /// <summary>Pause between two times that everything is read, whatever the clocks say.</summary>
    private static readonly TimeSpan FullInterval = TimeSpan.FromSeconds(60);

    /// <summary>How long a start waits for the store; what needs keys has waited for it before.</summary>
    private static readonly TimeSpan StartWait = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim turn = new(1);
    private readonly HashSet<string> toldUnreadable = new(StringComparer.Ordinal);
    private volatile SigningSet? set;
    private long readAll;
    private DateTimeOffset newest = DateTimeOffset.MinValue;
    private bool isToldUnavailable;

    /// <inheritdoc />
    public SigningKeys? Find(string tenant, Uri url) =>
        (set ?? throw new SigningSecretsUnavailableException("The signing secrets have not been read yet.")).Find(tenant, url);

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
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartWait);
        try
        {
            await RunOnceAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It goes on without: nothing is sent until the store answers.
        }

        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        turn.Dispose();
        base.Dispose();
    }

    /// <summary>Reads what has changed; everything once a minute.</summary>
    /// <returns>Whether everything was read.</returns>
    internal async Task<bool> RefreshAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            var known = set;
            var isFull = known is null || time.GetElapsedTime(readAll) > FullInterval;
            var begun = time.GetTimestamp();
            var since = isFull || newest == DateTimeOffset.MinValue ? DateTimeOffset.MinValue : newest - Overlap;
            var changed = await store.ReadChangedAsync(since, cancellationToken);
            foreach (var row in changed.Where(row => row.ChangedAt > newest))
            {
                newest = row.ChangedAt;
            }

            known ??= SigningSet.Empty;
            if (isFull || changed.Any(row => !known.Has(row)))
            {
                set = known.With(changed, isFull, box);
                TellUnreadable();
            }

            readAll = isFull ? begun : readAll;
            return isFull;
        }
        finally
        {
            turn.Release();
        }
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

    private async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await RefreshAsync(cancellationToken))
            {
                await upkeep.RunOnceAsync(set!.Rows, cancellationToken);
            }

            isToldUnavailable = false;
        }
        catch (StoreUnavailableException error)
        {
            if (!isToldUnavailable)
            {
                isToldUnavailable = true;
                LogUnavailable(error.Message);
            }
        }
    }

    private void TellUnreadable()
    {
        var unreadable = set!.Unreadable.ToList();
        toldUnreadable.IntersectWith(unreadable.Select(row => row.Id));
        foreach (var row in unreadable.Where(row => toldUnreadable.Add(row.Id)))
        {
            LogUnreadable(row.Id, row.Tenant);
        }
    }

    [LoggerMessage(4501, LogLevel.Warning, "Signing secrets cannot be read: {Reason} Those read before keep signing")]
    private partial void LogUnavailable(string reason);

    [LoggerMessage(
        4502, LogLevel.Error,
        "The signing secret {Secret} of the tenant {Tenant} cannot be decrypted with the keys in Secrets:Key; its webhooks wait")]
    private partial void LogUnreadable(string secret, string tenant);
}
