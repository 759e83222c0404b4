using System.Text.Json;
using Contracts.Common;
using Contracts.Items;
using Contracts.Storage;
using Infrastructure.Items;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Items;

/// <summary>POST /items/base-items: creates base items.</summary>
internal static class CreateBaseItems
{
    public static readonly EventReasons Reasons = new(
        Duplicate: "There is a base item with this id, which stays as it is.",
        Dropped: "It is not stored.");

    public static void MapCreateBaseItems(this IEndpointRouteBuilder items) => items.MapPost("/base-items", HandleAsync)
        .WithName("postBaseItems")
        .WithSummary("Create base items")
        .WithDescription(
            "What items are made of, as a model is of its copies. In the forms, and with the ids, that users have.")
        .AcceptsEvents<BaseItemRequest>();

    private static Task<IResult> HandleAsync(
        HttpContext context, ItemIntake intake, BaseItemRequestValidator validator, IStoreClock clock, IOptions<ItemOptions> options,
        CancellationToken cancellationToken)
    {
        var (tenant, stamp) = (context.Tenant(), EventStamps.Of(context, clock, options.Value.Address));
        var events = new EventIntake<BaseItemRequest>("base items", ReadItem, validator, request => request.EventId);
        return events.AnswerAsync(
            context,
            stamp.ReceivedAt,
            each => ValueTask.FromResult(AcceptedItem.Of(new BaseItemCreated(
                ItemIds.Of(ItemIds.BaseItem, each.EventId), each.Request.Description!,
                TickTime.Of(each.Request.Timestamp ?? stamp.ReceivedAt), stamp))),
            (accepted, wait) => intake.AcceptAsync(tenant, accepted, wait, cancellationToken),
            Reasons,
            cancellationToken);
    }

    private static BaseItemRequest? ReadItem(EventItem item)
    {
        if (EventFields.ReadObject(item, BaseItemRequest.From) is not { } request)
        {
            return null;
        }

        request.Timestamp = EventFields.TimestampOr(request.Timestamp, item);
        return request;
    }
}

/// <summary>A base item to be created.</summary>
internal sealed class BaseItemRequest
{
    private const string Known = "description, timestamp, eventId";

    /// <summary>For people, up to 10,000 characters.</summary>
    public string? Description { get; set; }

    /// <inheritdoc cref="ItemUserRequest.Timestamp"/>
    public DateTimeOffset? Timestamp { get; set; }

    /// <inheritdoc cref="ItemUserRequest.EventId"/>
    public string? EventId { get; set; }

    public static BaseItemRequest From(JsonElement json, FieldErrors errors)
    {
        var request = new BaseItemRequest();
        foreach (var field in json.EnumerateObject())
        {
            switch (field.Name)
            {
                case "description": request.Description = Read.Text(field.Value, "description", errors); break;
                case "timestamp": request.Timestamp = EventFields.Timestamp(field.Value, errors); break;
                case "eventId": request.EventId = Read.Text(field.Value, "eventId", errors); break;
                default: errors.Add(field.Name, $"is not a known field; known are {Known}"); break;
            }
        }

        return request;
    }
}

/// <summary>The rules for a base item.</summary>
internal sealed class BaseItemRequestValidator : FieldValidator<BaseItemRequest>
{
    public BaseItemRequestValidator(IStoreClock clock)
    {
        Check(request => request.Description, ItemRules.DescriptionProblem);
        Check(request => request.Timestamp, at => ItemRules.TimestampProblem(at, clock, retention: null));
        Check(request => request.EventId, id => EventRules.TextProblem(id, 1, EventIds.MaxLength));
    }
}
