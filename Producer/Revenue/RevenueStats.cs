using Contracts.Common;
using Contracts.Revenue;
using Contracts.Storage;
using Infrastructure.Revenue;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Revenue;

/// <summary>GET /revenue/stats: sums of a period, of one user or all, and step by step.</summary>
internal static class RevenueStats
{
    /// <summary>Maximum number of steps of one answer.</summary>
    private const int MaxSteps = 10_000;

    public static void MapRevenueStats(this IEndpointRouteBuilder revenue) => revenue.MapGet("/stats", HandleAsync)
        .WithQuery("user", "currency", "from", "to", "resolution", "zone")
        .WithName("getRevenueStats")
        .WithSummary("Read sums of revenue")
        .WithDescription(
            "Of all users or one `user`, by currency, of the last 30 days or from `from` to before `to`, which are widened to whole "
            + "minutes. With a `resolution` of whole minutes, such as PT1M, PT1H, P1D, P1W, P1M or P1Y, also step by step in the time "
            + "`zone`; steps without events are left out, and the first and last one count what of them lies in the period. A user "
            + "without entries has no sums.")
        .Produces<RevenueStatsResource>()
        .ProducesProblem(StatusCodes.Status400BadRequest);

    private static async Task<Results<JsonAnswer<RevenueStatsResource>, ProblemHttpResult>> HandleAsync(
        string? user, string? currency, string? from, string? to, string? resolution, string? zone, HttpContext context,
        IRevenueStore store, RevenueReads reads, IStoreClock clock, IOptions<RevenueOptions> options, CancellationToken cancellationToken)
    {
        var (errors, tenant) = (new FieldErrors(), context.Tenant());
        var where = QueryFields.Zone(zone, options.Value.FindZone(), errors);
        var (first, end) = QueryFields.Period(from, to, where, clock.Now, errors);
        (first, end) = (MinuteOf(first), EndMinuteOf(end));
        if (user is not null && RevenueRules.UserProblem(user) is { } wrongUser)
        {
            errors.Add("user", wrongUser);
        }

        if (RevenueRules.CurrencyProblem(currency) is { } wrongCurrency)
        {
            errors.Add("currency", wrongCurrency);
        }

        var steps = resolution is null ? null : ReadSteps(resolution, first, end, where, errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        if (user is not null)
        {
            // Only to wait for what was accepted of it.
            await reads.FindAsync(tenant, user, cancellationToken);
        }

        var purged = await store.FindPurgedAsync(cancellationToken);
        var boundaries = Clip(steps, first, end);
        var sums = await store.SumAsync(tenant, user, boundaries, cancellationToken);
        var asked = sums.Where(each => currency is null || each.Currency == currency).ToList();
        return new JsonAnswer<RevenueStatsResource>(
            new RevenueStatsResource
            {
                User = user,
                From = Text(first),
                To = Text(end),
                Zone = where.Id,
                Totals = [.. asked.GroupBy(each => each.Currency, StringComparer.Ordinal)
                    .OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => Total(each.Key, each))],
                Series = steps is null ? null : [.. asked.Select(each => RevenueSumResource.From(each, each.At == boundaries[0]
                    ? Text(steps[0]) : Text(TickTime.ToInstant(each.At))))],
                PurgedBefore = purged > boundaries[0] ? Text(TickTime.ToInstant(Math.Min(purged, boundaries[^1]))) : null,
            },
            RevenueResourcesJson.Http.RevenueStatsResource);
    }

    private static List<DateTimeOffset>? ReadSteps(
        string text, DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone, FieldErrors errors)
    {
        if (Resolution.TryRead(text) is not { } resolution || !ZonedSteps.CanUse(resolution)
            || resolution.Ticks % TimeSpan.TicksPerMinute != 0)
        {
            errors.Add(
                "resolution", "must be an ISO 8601 duration such as PT1M, PT1H, P1D, P1W, P1M or P1Y: of whole days, or whole minutes");
            return null;
        }

        var steps = errors.Any ? null : new ZonedSteps(resolution, zone).Boundaries(from, to, MaxSteps);
        if (steps is null && !errors.Any)
        {
            errors.Add("resolution", $"would make more than {MaxSteps} steps");
        }

        return steps;
    }

    /// <summary>The steps' beginnings, the first of them at the period's, and its end.</summary>
    private static List<long> Clip(List<DateTimeOffset>? steps, DateTimeOffset from, DateTimeOffset to) =>
        [TickTime.Of(from), .. (steps ?? []).Where(at => at > from && at < to).Select(TickTime.Of), TickTime.Of(to)];

    private static RevenueSumResource Total(string currency, IEnumerable<RevenueSum> sums)
    {
        var (added, subtracted, events) = (default(Amount), default(Amount), 0L);
        foreach (var each in sums)
        {
            (added, subtracted, events) = (added + each.Added, subtracted + each.Subtracted, events + each.Events);
        }

        return RevenueSumResource.From(new RevenueSum(0, currency, added, subtracted, events), at: null);
    }

    private static DateTimeOffset MinuteOf(DateTimeOffset at) => at.AddTicks(-(at.UtcTicks % TimeSpan.TicksPerMinute));

    private static DateTimeOffset EndMinuteOf(DateTimeOffset at)
    {
        var minute = MinuteOf(at);
        return minute == at ? at : at > DateTimeOffset.MaxValue.AddMinutes(-1) ? DateTimeOffset.MaxValue : minute.AddMinutes(1);
    }

    private static string Text(DateTimeOffset at) => ShortInstant.ToString(at);
}

/// <summary>Sums of a period.</summary>
internal sealed record RevenueStatsResource
{
    /// <summary>Of this user; missing for all.</summary>
    public string? User { get; init; }

    /// <summary>The first instant.</summary>
    public required string From { get; init; }

    /// <summary>The instant before which it ends.</summary>
    public required string To { get; init; }

    /// <summary>The time zone of its steps.</summary>
    public required string Zone { get; init; }

    /// <summary>Of the whole period, one for each currency.</summary>
    public required IReadOnlyList<RevenueSumResource> Totals { get; init; }

    /// <summary>Step by step in time order, one for each currency; missing without a resolution.</summary>
    public IReadOnlyList<RevenueSumResource>? Series { get; init; }

    /// <summary>What was before it is purged and no longer counts; missing if that concerns nothing of the period.</summary>
    public string? PurgedBefore { get; init; }
}

/// <summary>What happened within a span of time, in one currency; amounts are exact decimal numbers as text.</summary>
internal sealed record RevenueSumResource
{
    /// <summary>When the step begins; missing for the whole period.</summary>
    public string? At { get; init; }

    /// <summary>The currency.</summary>
    public required string Currency { get; init; }

    /// <summary>What was added.</summary>
    public required string Added { get; init; }

    /// <summary>What was subtracted, 0 or more.</summary>
    public required string Subtracted { get; init; }

    /// <summary>What was added less what was subtracted.</summary>
    public required string Revenue { get; init; }

    /// <summary>Number of events and adjustments.</summary>
    public required long Events { get; init; }

    public static RevenueSumResource From(RevenueSum sum, string? at) => new()
    {
        At = at,
        Currency = sum.Currency,
        Added = sum.Added.ToString(),
        Subtracted = sum.Subtracted.ToString(),
        Revenue = (sum.Added - sum.Subtracted).ToString(),
        Events = sum.Events,
    };
}
