using Contracts.Common;
using Contracts.Events;
using Contracts.Items;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Events;
using Producer.Http;

namespace Producer.Items;

/// <summary>GET /items/users/{id}, /items/base-items/{id}, /items/{id}, /items/{id}/owner and /items/{id}/history.</summary>
internal static class ReadItems
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 1_000;

    public static void MapReadItems(this IEndpointRouteBuilder items)
    {
        items.MapGet("/users/{userId}", UserAsync)
            .WithQuery()
            .WithName("getItemUser")
            .WithSummary("Read a user")
            .Produces<ItemUserResource>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        items.MapGet("/base-items/{baseItemId}", BaseItemAsync)
            .WithQuery()
            .WithName("getBaseItem")
            .WithSummary("Read a base item")
            .Produces<BaseItemResource>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        items.MapGet("/{itemId}", ItemAsync)
            .WithQuery()
            .WithName("getItem")
            .WithSummary("Read an item")
            .WithDescription("With its owner, if it has one.")
            .Produces<ItemResource>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        items.MapGet("/{itemId}/owner", OwnerAsync)
            .WithQuery()
            .WithName("getItemOwner")
            .WithSummary("Read who owns an item")
            .WithDescription("The user of the latest transfer; 404 while there is none.")
            .Produces<ItemOwnerResource>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        items.MapGet("/{itemId}/history", HistoryAsync)
            .WithQuery("order", "limit", "cursor")
            .WithName("listItemTransfers")
            .WithSummary("Read an item's history")
            .WithDescription(
                "Its transfers in time order or, with `order=desc`, the latest first, which is the one that tells the owner. With "
                + "`Items:Retention` older ones than that go, except the latest. `next` is the cursor of the next page.")
            .Produces<TransferList>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    public static string NoItem(object id) => $"There is no item with the id '{id}'.";

    public static string NoUser(object id) => $"There is no user with the id '{id}'.";

    public static string NoBaseItem(object id) => $"There is no base item with the id '{id}'.";

    public static ProblemHttpResult NotFound(string detail) => Problems.NotFound("Not found.", detail);

    public static string NoOwner(object item) => $"Nobody owns the item '{item}': it was never transferred, or its owner was erased.";

    private static async Task<Results<JsonAnswer<ItemUserResource>, ProblemHttpResult>> UserAsync(
        string userId, HttpContext context, ItemReads reads, CancellationToken cancellationToken) =>
        ItemIds.TryRead(userId, out var id) && await reads.FindUserAsync(context.Tenant(), id, cancellationToken) is { } user
            ? new JsonAnswer<ItemUserResource>(ItemUserResource.From(user), ItemResourcesJson.Http.ItemUserResource)
            : NotFound(NoUser(userId));

    private static async Task<Results<JsonAnswer<BaseItemResource>, ProblemHttpResult>> BaseItemAsync(
        string baseItemId, HttpContext context, ItemReads reads, CancellationToken cancellationToken) =>
        ItemIds.TryRead(baseItemId, out var id) && await reads.FindBaseItemAsync(context.Tenant(), id, cancellationToken) is { } item
            ? new JsonAnswer<BaseItemResource>(BaseItemResource.From(item), ItemResourcesJson.Http.BaseItemResource)
            : NotFound(NoBaseItem(baseItemId));

    private static async Task<Results<JsonAnswer<ItemResource>, ProblemHttpResult>> ItemAsync(
        string itemId, HttpContext context, ItemReads reads, CancellationToken cancellationToken)
    {
        if (await FindAsync(itemId, context, reads, cancellationToken) is not { } item)
        {
            return NotFound(NoItem(itemId));
        }

        var resource = new ItemResource
        {
            Id = item.Id,
            BaseItem = item.BaseItem,
            CreatedAt = ShortInstant.ToString(TickTime.ToInstant(item.CreatedAt)),
            Owner = (await reads.FindOwnerAsync(context.Tenant(), item.Id, cancellationToken))?.To,
        };
        return new JsonAnswer<ItemResource>(resource, ItemResourcesJson.Http.ItemResource);
    }

    private static async Task<Results<JsonAnswer<ItemOwnerResource>, ProblemHttpResult>> OwnerAsync(
        string itemId, HttpContext context, ItemReads reads, CancellationToken cancellationToken)
    {
        if (await FindAsync(itemId, context, reads, cancellationToken) is not { } item)
        {
            return NotFound(NoItem(itemId));
        }

        return await reads.FindOwnerAsync(context.Tenant(), item.Id, cancellationToken) is { } last
            ? new JsonAnswer<ItemOwnerResource>(
                new ItemOwnerResource(item.Id, last.To, ShortInstant.ToString(TickTime.ToInstant(last.At)), last.EventId),
                ItemResourcesJson.Http.ItemOwnerResource)
            : NotFound(NoOwner(itemId));
    }

    private static async Task<Results<JsonAnswer<TransferList>, ProblemHttpResult>> HistoryAsync(
        string itemId, string? order, string? limit, string? cursor, HttpContext context, ItemReads reads, IItemStore store,
        CancellationToken cancellationToken)
    {
        var (errors, tenant) = (new FieldErrors(), context.Tenant());
        var size = QueryFields.Whole(limit, "limit", 1, MaxLimit, errors) ?? DefaultLimit;
        var after = ReadCursor(tenant, cursor, errors);
        if (order is not (null or "asc" or "desc"))
        {
            errors.Add("order", "must be asc or desc");
        }

        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        if (await FindAsync(itemId, context, reads, cancellationToken) is not { } item)
        {
            return NotFound(NoItem(itemId));
        }

        var page = await store.ReadHistoryAsync(
            tenant, item.Id, new ItemHistoryRange(size + 1, after, order == "desc"), cancellationToken);
        var next = page.Count > size ? EntryCursors.Seal(tenant, page[size - 1].At, page[size - 1].Source.Position.ToString()) : null;
        return new JsonAnswer<TransferList>(
            new TransferList([.. page.Take(size).Select(TransferResource.From)], next), ItemResourcesJson.Http.TransferList);
    }

    private static async Task<Item?> FindAsync(
        string itemId, HttpContext context, ItemReads reads, CancellationToken cancellationToken) =>
        ItemIds.TryRead(itemId, out var id) ? await reads.FindItemAsync(context.Tenant(), id, cancellationToken) : null;

    private static (long At, EventSource Source)? ReadCursor(string tenant, string? cursor, FieldErrors errors)
    {
        if (EntryCursors.Read(tenant, cursor, errors) is not { } last)
        {
            return null;
        }

        if (LogPosition.TryParse(last.Id, out var position))
        {
            return (last.At, new EventSource(position, 0));
        }

        errors.Add("cursor", "must be the next of a previous page");
        return null;
    }
}
