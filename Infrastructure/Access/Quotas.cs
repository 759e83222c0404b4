using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.RateLimiting;
using Infrastructure.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Infrastructure.Access;

/// <summary>
/// Holds each key and each tenant to its quota with .NET's token buckets, one for each that calls, and tells how much is left
/// (draft-ietf-httpapi-ratelimit-headers). Refused is whoever exceeds a quota, before anything is done for it: nobody else waits.
/// </summary>
internal sealed class Quotas : IDisposable
{
    /// <summary>The limiter fills its buckets this often.</summary>
    private const int StepsPerSecond = 10;

    private const string PolicyHeader = "RateLimit-Policy";
    private const string LeftHeader = "RateLimit";

    private readonly List<Limit> limits = [];
    private readonly ConcurrentDictionary<string, int> streams = new(StringComparer.Ordinal);
    private readonly int maxStreams;
    private readonly string? policy;
    private readonly Refusals refusals;

    public Quotas(IOptions<QuotaOptions> options, Refusals refusals)
    {
        this.refusals = refusals;
        maxStreams = options.Value.TenantStreams;
        Add("key", options.Value.KeyRequests, caller => caller.KeyId!);
        Add("tenant", options.Value.TenantRequests, caller => caller.TenantName);
        policy = limits.Count == 0 ? null : string.Join(", ", limits.Select(limit => $"\"{limit.Name}\";q={limit.Quota};w=1"));
    }

    /// <summary>Lets a request pass, or refuses it with 429.</summary>
    /// <param name="context">The request.</param>
    /// <param name="next">What comes after.</param>
    /// <param name="caller">Whose quotas count; without a key there are none.</param>
    /// <param name="isStream">Whether the answer may never end.</param>
    public Task PassAsync(HttpContext context, RequestDelegate next, Caller caller, bool isStream)
    {
        if (caller.KeyId is null)
        {
            return next(context);
        }

        foreach (var limit in limits)
        {
            if (!limit.TryTake(caller, out var wait))
            {
                Tell(context, caller, wait);
                return RefuseAsync(context, wait, $"The quota of the {limit.Name} is {limit.Quota} requests a second.");
            }
        }

        Tell(context, caller, 1);
        return isStream && maxStreams > 0 ? StreamAsync(context, next, caller) : next(context);
    }

    public void Dispose()
    {
        foreach (var limit in limits)
        {
            limit.Buckets.Dispose();
        }
    }

    private async Task StreamAsync(HttpContext context, RequestDelegate next, Caller caller)
    {
        if (streams.AddOrUpdate(caller.TenantName, 1, static (_, open) => open + 1) <= maxStreams)
        {
            try
            {
                await next(context);
            }
            finally
            {
                Close(caller.TenantName);
            }

            return;
        }

        Close(caller.TenantName);
        await RefuseAsync(context, 1, $"The tenant has {maxStreams} streams open, which is its quota.");
    }

    private void Close(string tenant)
    {
        // Tenants that watch nothing take no room.
        if (streams.AddOrUpdate(tenant, 0, static (_, open) => open - 1) == 0)
        {
            streams.TryRemove(new KeyValuePair<string, int>(tenant, 0));
        }
    }

    private void Add(string name, int quota, Func<Caller, string> partition)
    {
        if (quota == 0)
        {
            return;
        }

        var perStep = quota / StepsPerSecond;
        limits.Add(new Limit(name, quota, PartitionedRateLimiter.Create<Caller, string>(caller => RateLimitPartition.GetTokenBucketLimiter(
            partition(caller),
            _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = quota,
                TokensPerPeriod = Math.Max(1, perStep),
                ReplenishmentPeriod = perStep > 0 ? TimeSpan.FromSeconds(1.0 / StepsPerSecond) : TimeSpan.FromSeconds(1.0 / quota),
                QueueLimit = 0,
            }))));
    }

    private void Tell(HttpContext context, Caller caller, int wait)
    {
        if (policy is null)
        {
            return;
        }

        var headers = context.Response.Headers;
        headers[PolicyHeader] = policy;
        headers[LeftHeader] = string.Join(", ", limits.Select(limit => string.Create(
            CultureInfo.InvariantCulture,
            $"\"{limit.Name}\";r={limit.Buckets.GetStatistics(caller)?.CurrentAvailablePermits ?? limit.Quota};t={wait}")));
    }

    private Task RefuseAsync(HttpContext context, int wait, string detail)
    {
        context.Response.Headers.RetryAfter = Math.Max(1, wait).ToString(CultureInfo.InvariantCulture);
        return refusals.AnswerAsync(
            context, "quota", StatusCodes.Status429TooManyRequests, "That is too much at once.", detail, Caller.Of(context)?.TenantName);
    }

    private sealed record Limit(string Name, int Quota, PartitionedRateLimiter<Caller> Buckets)
    {
        /// <param name="caller">Whose bucket it is.</param>
        /// <param name="wait">Seconds after which there is something in it.</param>
        public bool TryTake(Caller caller, out int wait)
        {
            using var lease = Buckets.AttemptAcquire(caller);
            wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var time) ? (int)Math.Ceiling(time.TotalSeconds) : 1;
            return lease.IsAcquired;
        }
    }
}
