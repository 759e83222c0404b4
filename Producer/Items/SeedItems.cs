using Contracts.Access;
using Contracts.Items;
using Contracts.Storage;
using Infrastructure.Items;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Items;

/// <summary>
/// The first item service's routes ("seed") that write: POST /users, POST /base-items, POST /items and PUT /items/{id}/ownership. They
/// answer when what they wrote is stored, so that it can be used.
/// </summary>
internal static class SeedItems
{
    private const int MaxRequestBytes = 64 * 1024;

    public static void MapSeedWrites(this IEndpointRouteBuilder app)
    {
        var seed = app.MapGroup(string.Empty).WithTags("Compatibility").ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        seed.MapPost("/users", CreateUserAsync)
            .WithName("seedPostUser")
            .WithSummary("Create a user (compatibility)")
            .WithDescription("The first item service's route. It needs no body. An `Idempotency-Key` makes repeating it safe.")
            .Takes()
            .Produces<SeedUser>(StatusCodes.Status201Created);
        seed.MapPost("/base-items", CreateBaseItemAsync)
            .WithName("seedPostBaseItem")
            .WithSummary("Create a base item (compatibility)")
            .WithDescription("The first item service's route. An `Idempotency-Key` makes repeating it safe.")
            .Accepts<SeedBaseItemRequest>("application/json", SeedBody.AnyType)
            .Takes()
            .Produces<SeedBaseItem>(StatusCodes.Status201Created);
        seed.MapPost("/items", CreateItemAsync)
            .WithName("seedPostItem")
            .WithSummary("Create an item (compatibility)")
            .WithDescription(
                "The first item service's route; the base item has to be there, else 404. An `Idempotency-Key` makes repeating it safe.")
            .Accepts<SeedItemRequest>("application/json", SeedBody.AnyType)
            .Takes()
            .Produces<SeedItem>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status404NotFound);
        seed.MapPut("/items/{itemId}/ownership", TransferAsync)
            .Needs(KeyVerb.Write)
            .WithName("seedPutOwnership")
            .WithSummary("Transfer an item to a user (compatibility)")
            .WithDescription(
                "The first item service's route: from now on the user owns the item. Both have to be there, else 404. An `Idempotency-Key` "
                + "makes repeating it safe.")
            .Accepts<SeedOwnership>("application/json", SeedBody.AnyType)
            .Takes()
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static RouteHandlerBuilder Takes(this RouteHandlerBuilder route) => route
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxRequestBytes))
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .ProducesProblem(StatusCodes.Status500InternalServerError);

    private static async Task<IResult> CreateUserAsync(
        HttpContext context, ItemIntake intake, IStoreClock clock, IOptions<ItemOptions> options, CancellationToken cancellationToken)
    {
        var (_, request, refused) = await SeedItemRequests.ReadUserAsync(context, clock, options, cancellationToken);
        if (refused is not null)
        {
            return refused;
        }

        var user = AcceptedItem.Of(new UserCreated(ItemIds.Of(ItemIds.User, request.EventId), request.At, request.Stamp));
        await intake.AcceptAsync(context.Tenant(), [user], request.Wait, cancellationToken);
        return SeedItemRequests.Refuse(context, user)
            ?? new JsonAnswer<SeedUser>(
                new SeedUser(user.Key), ItemResourcesJson.Http.SeedUser, StatusCodes.Status201Created);
    }

    private static async Task<IResult> CreateBaseItemAsync(
        HttpContext context, ItemIntake intake, ItemReads reads, IStoreClock clock, IOptions<ItemOptions> options,
        CancellationToken cancellationToken)
    {
        var (body, request, refused) = await SeedItemRequests.ReadBaseItemAsync(context, clock, options, cancellationToken);
        if (refused is not null)
        {
            return refused;
        }

        var item = AcceptedItem.Of(new BaseItemCreated(
            ItemIds.Of(ItemIds.BaseItem, request.EventId), body.Description!, request.At, request.Stamp));
        await intake.AcceptAsync(context.Tenant(), [item], request.Wait, cancellationToken);
        if (SeedItemRequests.Refuse(context, item) is { } failed)
        {
            return failed;
        }

        // A repetition is answered with what is there.
        var stored = item.State == EventState.Duplicate
            ? await reads.FindBaseItemAsync(context.Tenant(), item.Key, cancellationToken) : null;
        return new JsonAnswer<SeedBaseItem>(
            new SeedBaseItem(item.Key, stored?.Description ?? item.Message.Description), ItemResourcesJson.Http.SeedBaseItem,
            StatusCodes.Status201Created);
    }

    private static async Task<IResult> CreateItemAsync(
        HttpContext context, ItemIntake intake, ItemReads reads, IStoreClock clock, IOptions<ItemOptions> options,
        CancellationToken cancellationToken)
    {
        var (body, request, refused) = await SeedItemRequests.ReadItemAsync(context, clock, options, cancellationToken);
        if (refused is not null)
        {
            return refused;
        }

        var (tenant, baseItem) = (context.Tenant(), body.BaseItemId!.Value);
        if (await reads.FindBaseItemAsync(tenant, baseItem, cancellationToken) is null)
        {
            return ReadItems.NotFound(ReadItems.NoBaseItem(baseItem));
        }

        var item = AcceptedItem.Of(new ItemCreated(ItemIds.Of(ItemIds.Item, request.EventId), baseItem, request.At, request.Stamp));
        await intake.AcceptAsync(tenant, [item], request.Wait, cancellationToken);
        if (SeedItemRequests.Refuse(context, item) is { } failed)
        {
            return failed;
        }

        var stored = item.State == EventState.Duplicate ? await reads.FindItemAsync(tenant, item.Key, cancellationToken) : null;
        return SeedItemReads.Answer(
            item.Key, stored?.BaseItem ?? baseItem, stored?.CreatedAt ?? item.Message.At, StatusCodes.Status201Created);
    }

    private static async Task<IResult> TransferAsync(
        string itemId, HttpContext context, ItemIntake intake, ItemReads reads, IStoreClock clock, IOptions<ItemOptions> options,
        CancellationToken cancellationToken)
    {
        var (body, request, refused) = await SeedItemRequests.ReadOwnershipAsync(context, clock, options, cancellationToken);
        if (refused is not null)
        {
            return refused;
        }

        var (tenant, to) = (context.Tenant(), body.To!.Value);
        if (!ItemIds.TryRead(itemId, out var id) || await reads.FindItemAsync(tenant, id, cancellationToken) is null)
        {
            return ReadItems.NotFound(ReadItems.NoItem(itemId));
        }

        if (await reads.FindUserAsync(tenant, to, cancellationToken) is null)
        {
            return ReadItems.NotFound(ReadItems.NoUser(to));
        }

        var transfer = AcceptedItem.Of(new ItemTransferred(id, request.EventId, to, request.At, request.Stamp));
        await intake.AcceptAsync(tenant, [transfer], request.Wait, cancellationToken);
        return SeedItemRequests.Refuse(context, transfer) ?? TypedResults.NoContent();
    }
}
