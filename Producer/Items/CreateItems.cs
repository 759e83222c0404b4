using System.Text.Json;
using Contracts.Common;
using Contracts.Items;
using Contracts.Storage;
using Infrastructure.Items;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Items;

/// <summary>POST /items: creates items.</summary>
internal static class CreateItems
{
    public static readonly EventReasons Reasons = new(
        Duplicate: "There is an item with this id, which stays as it is.",
        Dropped: "It is not stored.");

    public static void MapCreateItems(this IEndpointRouteBuilder items) => items.MapPost("/", HandleAsync)
        .WithName("postItems")
        .WithSummary("Create items")
        .WithDescription(
            "Each is made of a base item that is there (else 404), and has no owner before it is transferred to one. In the forms, and "
            + "with the ids, that users have.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .AcceptsEvents<ItemRequest>();

    private static Task<IResult> HandleAsync(
        HttpContext context, ItemIntake intake, ItemReads reads, ItemRequestValidator validator, IStoreClock clock,
        IOptions<ItemOptions> options, CancellationToken cancellationToken)
    {
        var (tenant, stamp) = (context.Tenant(), EventStamps.Of(context, clock, options.Value.Address));
        HashSet<Guid> missing = [];
        var events = new EventIntake<ItemRequest>("items", ReadItem, validator, request => request.EventId)
        {
            PrepareAsync = async requests => missing = await reads.FindMissingBaseItemsAsync(
                tenant, requests.Select(each => each.BaseItem).OfType<Guid>(), cancellationToken),
            RefusalOf = request => missing.Contains(request.BaseItem!.Value)
                ? EventOutcome.Missing(ReadItems.NoBaseItem(request.BaseItem.Value)) : null,
        };
        return events.AnswerAsync(
            context,
            stamp.ReceivedAt,
            each => ValueTask.FromResult(AcceptedItem.Of(new ItemCreated(
                ItemIds.Of(ItemIds.Item, each.EventId), each.Request.BaseItem!.Value,
                TickTime.Of(each.Request.Timestamp ?? stamp.ReceivedAt), stamp))),
            (accepted, wait) => intake.AcceptAsync(tenant, accepted, wait, cancellationToken),
            Reasons,
            cancellationToken);
    }

    private static ItemRequest? ReadItem(EventItem item)
    {
        if (EventFields.ReadObject(item, ItemRequest.From) is not { } request)
        {
            return null;
        }

        request.Timestamp = EventFields.TimestampOr(request.Timestamp, item);
        return request;
    }
}

/// <summary>An item to be created.</summary>
internal sealed class ItemRequest
{
    private const string Known = "baseItem, timestamp, eventId";

    /// <summary>The id of the base item that it is made of.</summary>
    public Guid? BaseItem { get; set; }

    /// <inheritdoc cref="ItemUserRequest.Timestamp"/>
    public DateTimeOffset? Timestamp { get; set; }

    /// <inheritdoc cref="ItemUserRequest.EventId"/>
    public string? EventId { get; set; }

    public static ItemRequest From(JsonElement json, FieldErrors errors)
    {
        var request = new ItemRequest();
        foreach (var field in json.EnumerateObject())
        {
            switch (field.Name)
            {
                case "baseItem": request.BaseItem = ItemRules.ReadId(field.Value, "baseItem", errors); break;
                case "timestamp": request.Timestamp = EventFields.Timestamp(field.Value, errors); break;
                case "eventId": request.EventId = Read.Text(field.Value, "eventId", errors); break;
                default: errors.Add(field.Name, $"is not a known field; known are {Known}"); break;
            }
        }

        return request;
    }
}

/// <summary>The rules for an item.</summary>
internal sealed class ItemRequestValidator : FieldValidator<ItemRequest>
{
    public ItemRequestValidator(IStoreClock clock)
    {
        Check(request => request.BaseItem, ItemRules.IdProblem);
        Check(request => request.Timestamp, at => ItemRules.TimestampProblem(at, clock, retention: null));
        Check(request => request.EventId, id => EventRules.TextProblem(id, 1, EventIds.MaxLength));
    }
}
