using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Access;
using Infrastructure.Hosting;
using Microsoft.Extensions.Options;
using Producer.Http;

namespace Producer.Timers;

/// <summary>
/// Holds tenants to what their timers may take: how many wait, how many bytes they have, and to how many destinations they go. No create
/// waits for the store: what it counted some seconds ago and what this Producer has created since are added up.
/// </summary>
internal sealed partial class TimerQuotas : BackgroundService
{
    /// <summary>Pause between two counts; a tenant at its limit may create again that long after a timer has finished.</summary>
    private static readonly TimeSpan CountInterval = TimeSpan.FromSeconds(2);

    /// <summary>Pause between two measurements, which read every row.</summary>
    private static readonly TimeSpan MeasureInterval = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How many of a tenant's newest timers are read for its destinations when it comes for the first time after a start: some pages, a
    /// moment's work, that its first create waits for.
    /// </summary>
    private const int MaxLearned = 10_000;

    private const int LearnedPage = 500;

    /// <summary>A tenant that creates nothing for so long is not counted any more.</summary>
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, TenantUse> tenants = new(StringComparer.Ordinal);
    private readonly ITimerStore store;
    private readonly ITimerUsage usage;
    private readonly QuotaOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<TimerQuotas> logger;
    private readonly Counter<long> refused;
    private volatile IReadOnlyDictionary<string, long> measured = new Dictionary<string, long>();
    private readonly TenantLabels labels = new();
    private bool isToldUnavailable;

    public TimerQuotas(
        ITimerStore store, ITimerUsage usage, IOptions<QuotaOptions> options, IMeterFactory meters, TimeProvider time,
        ILogger<TimerQuotas> logger)
    {
        (this.store, this.usage, this.time, this.logger, this.options) = (store, usage, time, logger, options.Value);
        refused = meters.Create("timers.quotas").CreateCounter<long>(
            "timers.quotas.refused", "{request}", "Creates of timers that were refused because of a tenant's quota, by quota and tenant.");
    }

    private bool IsOn => options.TenantTimers > 0 || options.TenantBytes > 0 || options.TenantDestinations > 0;

    /// <summary>Takes what some timers need of a tenant's quotas.</summary>
    /// <param name="context">The request; without a key there are no quotas.</param>
    /// <param name="timers">All that it creates; all are refused, or none.</param>
    /// <returns>What it has taken, or the quota that does not allow it.</returns>
    public async ValueTask<QuotaRoom> TakeAsync(HttpContext context, IReadOnlyList<TimerScheduled> timers)
    {
        if (!IsOn || timers.Count == 0 || Caller.Of(context) is not { KeyId: not null } caller)
        {
            return QuotaRoom.Unlimited;
        }

        var use = tenants.GetOrAdd(caller.TenantName, static _ => new TenantUse());
        await use.CountFirstAsync(() => CountFirstAsync(caller.TenantName, use));
        return new QuotaRoom(use, timers, use.TryTake(options, timers, time.GetUtcNow()), time);
    }

    /// <summary>Counts a refusal, and tells in the answer's headers which quota it was and when to come again.</summary>
    public void Tell(HttpResponse response, ExceededQuota exceeded)
    {
        refused.Add(1, new KeyValuePair<string, object?>("quota", exceeded.Name), labels.Of(response.HttpContext.Tenant()));
        var headers = response.Headers;
        var wait = exceeded.Wait.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        headers.RetryAfter = wait;
        headers.Append("RateLimit-Policy", string.Create(CultureInfo.InvariantCulture, $"\"{exceeded.Name}\";q={exceeded.Quota}"));
        headers.Append("RateLimit", string.Create(CultureInfo.InvariantCulture, $"\"{exceeded.Name}\";r={exceeded.Left};t={wait}"));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!IsOn)
        {
            return;
        }

        using var ticks = new PeriodicTimer(CountInterval, time);
        var measuredAt = long.MinValue;
        do
        {
            try
            {
                await CountAllAsync();
                if (options.TenantBytes > 0
                    && (measuredAt == long.MinValue || time.GetElapsedTime(measuredAt) > MeasureInterval))
                {
                    await MeasureAsync(stoppingToken);
                    measuredAt = time.GetTimestamp();
                }

                isToldUnavailable = false;
            }
            catch (StoreUnavailableException error)
            {
                // What was counted last goes on counting.
                TellUnavailable(error);
            }
        }
        while (await ticks.WaitForNextTickAsync(stoppingToken));
    }

    private async Task CountAllAsync()
    {
        foreach (var (tenant, use) in tenants)
        {
            var now = time.GetUtcNow();
            if (use.IsIdle(options, now - ForgottenAfter, now))
            {
                tenants.TryRemove(KeyValuePair.Create(tenant, use));
            }
            else
            {
                await CountAsync(tenant, use);
            }
        }
    }

    private async Task CountAsync(string tenant, TenantUse use)
    {
        if (options.TenantTimers > 0)
        {
            var (begun, began) = (use.BeginCount(), time.GetUtcNow());
            use.Counted(await store.CountAsync(tenant, CancellationToken.None), begun, began);
        }

        if (options.TenantDestinations > 0 && !use.KnowsDestinations)
        {
            await LearnAsync(tenant, use);
        }
    }

    /// <summary>The destinations of its timers of the last day, which this process may not have created.</summary>
    private async Task LearnAsync(string tenant, TenantUse use)
    {
        var since = time.GetUtcNow() - TenantUse.DestinationLifetime;
        var query = new TimerQuery { Tenant = tenant, Limit = LearnedPage };
        for (var read = 0; read < MaxLearned; read += LearnedPage)
        {
            var page = await store.ListAsync(query, CancellationToken.None);
            use.Learn(page.Items.Where(row => row.CreatedAt > since));
            if (page.Next is not { } next || (page.Items.Count > 0 && page.Items[^1].CreatedAt <= since))
            {
                break;
            }

            query = query with { Cursor = next };
        }

        use.KnowsDestinations = true;
    }

    /// <summary>
    /// Of a tenant that comes for the first time. If the store does not answer it is counted later: creates go on without it.
    /// </summary>
    private async Task CountFirstAsync(string tenant, TenantUse use)
    {
        use.Measured(measured.GetValueOrDefault(tenant), since: null);
        try
        {
            await CountAsync(tenant, use);
        }
        catch (StoreUnavailableException error)
        {
            TellUnavailable(error);
        }
    }

    private async Task MeasureAsync(CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow();
        var all = new Dictionary<string, long>(StringComparer.Ordinal);
        TimerCursor? next = null;
        do
        {
            var step = await usage.MeasureAsync(next, cancellationToken);
            foreach (var (tenant, bytes) in step.Bytes)
            {
                all[tenant] = all.GetValueOrDefault(tenant) + bytes;
            }

            next = step.Next;
        }
        while (next is not null);

        measured = all;
        foreach (var (tenant, use) in tenants)
        {
            use.Measured(all.GetValueOrDefault(tenant), since);
        }
    }

    private void TellUnavailable(StoreUnavailableException error)
    {
        if (!isToldUnavailable)
        {
            isToldUnavailable = true;
            LogUnavailable(error.Message);
        }
    }

    [LoggerMessage(1004, LogLevel.Warning, "Timers cannot be counted for quotas: {Reason} The last counts stay in use")]
    private partial void LogUnavailable(string reason);
}
