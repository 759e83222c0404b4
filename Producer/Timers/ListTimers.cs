using Contracts.Storage;
using Contracts.Timers;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Timers;

/// <summary>GET /timers: pages of timers, newest first.</summary>
internal static class ListTimers
{
    /// <summary>What a timer with a small body takes of a page, with its JSON.</summary>
    private const long UsualBytes = 2_048;

    /// <summary>The rows, and their JSON.</summary>
    private const long PageFactor = 3;

    public static IServiceCollection AddListTimers(this IServiceCollection services) => services.AddSingleton<TimerFilterValidator>();

    public static void MapListTimers(this IEndpointRouteBuilder timers) => timers.MapGet("/", HandleAsync)
        .WithQuery(TimerFilter.Parameters, "tag")
        .WithName("listTimers")
        .WithSummary("List timers")
        .WithDescription(
            "Newest first. `next` is the cursor of the next page; a page may be short, even empty, and still have a next one. "
            + "`dueFrom` is included, `dueTo` is not.")
        .Produces<TimerList>()
        .ProducesProblem(StatusCodes.Status400BadRequest);

    private static async Task<Results<JsonAnswer<TimerList>, ProblemHttpResult>> HandleAsync(
        [AsParameters] TimerFilter filter, HttpContext context, TimerFilterValidator validator, ITimerStore store, IStoreClock clock,
        RequestMemory memory, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        validator.Validate(filter, errors);
        var tenant = context.Tenant();
        TimerCursor? cursor = null;
        if (filter.Cursor is not null && !TimerCursors.TryRead(tenant, filter.Cursor, out cursor))
        {
            errors.Add("cursor", "must be the next of a page before");
        }

        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        // Until its last byte is sent: a client may read slowly.
        var share = memory.Open(context);
        var query = filter.ToQuery(tenant, cursor);
        await share.GrowToAsync(query.Limit * UsualBytes, cancellationToken);
        var page = await store.ListAsync(query, cancellationToken);
        await share.GrowToAsync(PageFactor * page.Items.Sum(row => row.Spec.Bytes), cancellationToken);
        var now = clock.Now;
        var list = new TimerList(
            [.. page.Items.Select(row => TimerResource.From(row, now))],
            page.Next is { } next ? TimerCursors.Write(tenant, next) : null);
        return new JsonAnswer<TimerList>(list, TimerResourcesJson.Http.TimerList);
    }
}

/// <summary>A page of timers.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="Next">The cursor of the next page; absent at the end.</param>
internal sealed record TimerList(IReadOnlyList<TimerResource> Items, string? Next);
