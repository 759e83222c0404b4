using Contracts.Common;
using Producer.Http;
using Producer.Live;

namespace Producer.Items;

/// <summary>The first item service's routes ("seed") that read: items, owners, and the streams of statistics.</summary>
internal static class SeedItemReads
{
    public static void MapSeedReads(this IEndpointRouteBuilder app)
    {
        var seed = app.MapGroup(string.Empty).WithTags("Compatibility").ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        seed.MapGet("/items/{itemId}", ItemAsync)
            .WithName("seedGetItem")
            .WithSummary("Read an item (compatibility)")
            .Produces<SeedItem>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        seed.MapGet("/items/{itemId}/owner", OwnerAsync)
            .WithName("seedGetItemOwner")
            .WithSummary("Read who owns an item (compatibility)")
            .WithDescription("The user of the latest transfer; 404 while there is none.")
            .Produces<SeedUser>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        Stream(seed, "transfers", "transfers", "seedWatchTransfers", "Watch transfers (compatibility)");
        Stream(seed, "item-creation", "items", "seedWatchItemCreation", "Watch the creation of items (compatibility)");
    }

    /// <summary>The seed's item.</summary>
    public static IResult Answer(Guid id, Guid baseItem, long createdAt, int status) => new JsonAnswer<SeedItem>(
        new SeedItem(id, baseItem, TickTime.ToInstant(createdAt)), ItemResourcesJson.Http.SeedItem, status);

    private static void Stream(RouteGroupBuilder seed, string name, string what, string operation, string summary) => seed
        .MapGet($"/statistics/{name}/{{unit}}", (string unit, ItemStreams streams) => Watch(what, unit, streams))
        .WithName(operation)
        .WithSummary(summary)
        .WithDescription(
            "The first item service's stream: server-sent events without a name, each with the whole series (its newest 1,000 points, "
            + "newest first, counts as text), on connecting and when it has changed, at most five a second.")
        .Produces<string>(StatusCodes.Status200OK, EventWriter.MediaType)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status501NotImplemented);

    private static IResult Watch(string what, string unit, ItemStreams streams) =>
        ItemStatistics.Problem(what, unit) is { } problem ? ReadItems.NotFound(problem)
        : new LiveStream(streams.SeriesOf(what, unit), new LiveFilter(Key: null, Group: null))
        {
            Form = context => new SeedSeriesWriter(context),
        };

    private static async Task<IResult> ItemAsync(
        string itemId, HttpContext context, ItemReads reads, CancellationToken cancellationToken) =>
        ItemIds.TryRead(itemId, out var id) && await reads.FindItemAsync(context.Tenant(), id, cancellationToken) is { } item
            ? Answer(item.Id, item.BaseItem, item.CreatedAt, StatusCodes.Status200OK)
            : ReadItems.NotFound(ReadItems.NoItem(itemId));

    private static async Task<IResult> OwnerAsync(
        string itemId, HttpContext context, ItemReads reads, CancellationToken cancellationToken)
    {
        if (!ItemIds.TryRead(itemId, out var id) || await reads.FindItemAsync(context.Tenant(), id, cancellationToken) is null)
        {
            return ReadItems.NotFound(ReadItems.NoItem(itemId));
        }

        return await reads.FindOwnerAsync(context.Tenant(), id, cancellationToken) is { } last
            ? new JsonAnswer<SeedUser>(new SeedUser(last.To), ItemResourcesJson.Http.SeedUser)
            : ReadItems.NotFound(ReadItems.NoOwner(itemId));
    }
}
