using Contracts.Storage;
using Contracts.Timers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Infrastructure.Timers.RabbitMq;

/// <summary>With RabbitMQ one Runner claims from all shards and the others stand by: the store says which one leads.</summary>
internal sealed partial class RabbitMqShards(
    IRunnerLease lease, IRunnerLeases leases, IStoreClock clock, TimeProvider time, ILogger<RabbitMqShards> logger)
    : BackgroundService, IHostedLifecycleService, IShards
{
    private static readonly TimeSpan Term = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(1);
    private readonly List<Action<DateTimeOffset>> handlers = [];
    private readonly CancellationTokenSource leaving = new();
    private volatile IReadOnlyList<int> mine = [];

    /// <inheritdoc />
    public IReadOnlyList<int>? Mine => mine;

    /// <inheritdoc />
    public void OnWakeUp(Action<DateTimeOffset> woken) => handlers.Add(woken);

    /// <summary>Some timer falls due at this instant; of the Runners that hear of it the one that leads claims it.</summary>
    public void Wake(DateTimeOffset instant)
    {
        if (mine.Count > 0)
        {
            handlers.ForEach(handler => handler(instant));
        }
    }

    /// <summary>Before any service stops: requests in flight may take another minute, and all timers would wait.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken) => leaving.CancelAsync();

    /// <inheritdoc />
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public override void Dispose()
    {
        leaving.Dispose();
        base.Dispose();
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, leaving.Token);
        await LeadAsync(ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task LeadAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(Renewal, time);
        var granted = time.GetTimestamp();
        try
        {
            do
            {
                var asked = time.GetTimestamp();
                try
                {
                    var now = clock.Now;
                    var leads = await leases.TryLeadAsync(lease.Runner, now, now + Term, stoppingToken);
                    Set(leads);
                    granted = leads ? asked : granted;
                }
                catch (StoreUnavailableException error)
                {
                    // Another one may lead by now; claims are a compare-and-set, so this is about work in vain only.
                    LogStoreUnavailable(error.Message);
                    Set(mine.Count > 0 && time.GetElapsedTime(granted) < Term);
                }
#pragma warning disable CA1031 // An answer that nobody expects counts as none: ending the loop would end the process.
                catch (Exception error) when (error is not OperationCanceledException)
#pragma warning restore CA1031
                {
                    LogDefect(error);
                    Set(mine.Count > 0 && time.GetElapsedTime(granted) < Term);
                }
            }
            while (await ticks.WaitForNextTickAsync(stoppingToken));
        }
        finally
        {
            mine = [];
        }
    }

    private void Set(bool leads)
    {
        if (leads != mine.Count > 0)
        {
            mine = leads ? Shard.All : [];
            LogLeads(leads ? "leads" : "stands by");
        }
    }

    [LoggerMessage(4031, LogLevel.Information, "This Runner {Role}")]
    private partial void LogLeads(string role);

    [LoggerMessage(4033, LogLevel.Error, "A defect prevents checking whether this Runner leads; trying again every second")]
    private partial void LogDefect(Exception error);

    [LoggerMessage(4032, LogLevel.Warning, "Cannot check whether this Runner leads: {Reason}")]
    private partial void LogStoreUnavailable(string reason);
}
