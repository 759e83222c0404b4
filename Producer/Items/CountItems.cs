using Contracts.Items;
using Contracts.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Events;
using Producer.Http;

namespace Producer.Items;

/// <summary>GET /items/statistics/{what}/{unit}: how many there were, unit by unit.</summary>
internal static class CountItems
{
    private const int MaxLimit = 10_000;

    public static void MapCountItems(this IEndpointRouteBuilder items) => items.MapGet("/statistics/{what}/{unit}", HandleAsync)
        .WithQuery("from", "to", "limit")
        .WithName("getItemStatistics")
        .WithSummary("Count items, transfers or users by time")
        .WithDescription(
            "The newest units that begin from `from` to before `to`, newest first, at most `limit` of them. All are in UTC, weeks begin on "
            + "Monday, and units with a count of zero are left out. Milliseconds and seconds cover the last hour only.")
        .Produces<ItemStatisticsResource>()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<JsonAnswer<ItemStatisticsResource>, ProblemHttpResult>> HandleAsync(
        string what, string unit, string? from, string? to, string? limit, HttpContext context, IItemStore store, IStoreClock clock,
        CancellationToken cancellationToken)
    {
        if (ItemStatistics.Problem(what, unit) is { } problem)
        {
            return ReadItems.NotFound(problem);
        }

        var errors = new FieldErrors();
        var (first, end) = QueryFields.Span(from, to, errors);
        var size = QueryFields.Whole(limit, "limit", 1, MaxLimit, errors) ?? ItemStatistics.Points;
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var length = ItemStatistics.Units[unit];
        var range = ItemStatistics.Within(new ItemPointRange(first, end, size), length, clock);
        var points = await store.CountAsync(context.Tenant(), ItemStatistics.All[what], length, range, cancellationToken);
        return new JsonAnswer<ItemStatisticsResource>(
            new ItemStatisticsResource(what, unit, [.. points.Select(ItemPointResource.From)]),
            ItemResourcesJson.Http.ItemStatisticsResource);
    }
}
