using Contracts.Storage;
using Contracts.Timers;
using Runner.Timers.Delivery;
using Runner.Timers.Armed;

namespace Runner.Timers.Leases;

/// <summary>Renews this Runner's lease every second; continues under a new name if the old one was considered dead.</summary>
internal sealed partial class LeaseLoop(
    StoredLease lease, IRunnerLeases leases, Peers peers, IShards shards, ArmedTimers armed, OutcomeRecorder recorder, IStoreClock clock,
    TimeProvider time, ILogger<LeaseLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Time-out after which a reply counts as lost. The next renewal may have to wait for the hanging connection: two at once could take
    /// effect in the wrong order, and the earlier one would cut short the later one's term.
    /// </summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1.5);

    private bool isStored;
    private bool isReachable = true;

    /// <summary>Ends the lease when everything else has stopped: its claims are recorded or handed back.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await leases.RemoveAsync(lease.Runner, cancellationToken).WaitAsync(MaxWait, time, cancellationToken);
        }
        catch (Exception error) when (error is StoreUnavailableException or TimeoutException or OperationCanceledException)
        {
            // It expires by itself.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(Interval, time);
        do
        {
            await RunOnceAsync(stoppingToken);
        }
        while (await ticks.WaitForNextTickAsync(stoppingToken));
    }

    internal async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(MaxWait);
        try
        {
            await RenewAsync(limit.Token).WaitAsync(limit.Token);
            peers.Seen(await leases.FindAsync(limit.Token).WaitAsync(limit.Token), clock.Now);
            isReachable = true;
        }
        catch (StoreUnavailableException error)
        {
            Lost(error.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Lost("No answer in time.");
        }
#pragma warning disable CA1031 // An unexpected answer counts as none: ending the loop would end the process.
        catch (Exception error) when (error is not OperationCanceledException)
#pragma warning restore CA1031
        {
            Lost(error.Message);
            LogDefect(error);
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        // Taken before the request, so that the lease counts from the earliest possible instant.
        var asked = time.GetTimestamp();
        var now = clock.Now;
        var row = new RunnerLeaseRow(lease.Runner, now + StoredLease.Term, shards.Mine ?? Shard.All);
        if (isStored)
        {
            if (await leases.TryRenewAsync(row, now, cancellationToken))
            {
                lease.Renewed(row.Runner, asked);
                return;
            }

            LogTakenForDead(row.Runner);
            isStored = false;
        }

        // Also after a lost reply: it is unknown whether the previous name was stored, so it is not used again.
        lease.TakeNewName();
        GiveBackOthers();
        row = row with { Runner = lease.Runner };
        await leases.AddAsync(row, cancellationToken);
        isStored = true;
        lease.Renewed(row.Runner, asked);
        LogStarted(row.Runner);
    }

    /// <summary>Hands back claims under an earlier name that are not in flight; those in flight still record their outcomes.</summary>
    private void GiveBackOthers()
    {
        foreach (var timer in armed.Drain(lease.Runner))
        {
            recorder.HandBack(timer, timer.Timer.NextAt);
        }
    }

    private void Lost(string reason)
    {
        peers.LostContact();
        if (isReachable)
        {
            LogUnreachable(reason);
        }

        isReachable = false;
    }

    [LoggerMessage(3401, LogLevel.Information, "Claims as Runner {Runner}")]
    private partial void LogStarted(Guid runner);

    [LoggerMessage(3402, LogLevel.Warning,
        "Runner {Runner} was considered dead: timers it had claimed but not sent are handed back, and it continues under a new name")]
    private partial void LogTakenForDead(Guid runner);

    [LoggerMessage(3405, LogLevel.Error, "The lease cannot be renewed because of a defect; trying again every second")]
    private partial void LogDefect(Exception error);

    [LoggerMessage(3403, LogLevel.Warning, "The lease cannot be renewed: {Reason} Sending stops 4 s after the last renewal")]
    private partial void LogUnreachable(string reason);
}
