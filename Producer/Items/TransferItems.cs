using System.Text.Json;
using Contracts.Common;
using Contracts.Items;
using Contracts.Storage;
using Infrastructure.Items;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Items;

/// <summary>POST /items/transfers: transfers items to users.</summary>
internal static class TransferItems
{
    public static readonly EventReasons Reasons = new(
        Duplicate: "The item has a transfer of this id, which stays as it is.",
        Dropped: "Its day has been purged since it was accepted.");

    public static void MapTransferItems(this IEndpointRouteBuilder items) => items.MapPost("/transfers", HandleAsync)
        .WithName("postItemTransfers")
        .WithSummary("Transfer items")
        .WithDescription(
            "Item and user have to be there (else 404). The transfer of the latest instant tells who owns an item, in whichever order they "
            + "arrive; of equal instants the one that was accepted last. A transfer counts once for its item and `eventId`, which an "
            + "`Idempotency-Key` can stand for. One older than what is kept (`Items:Retention`, by default all) is refused. One, "
            + "an array, lines, CloudEvents (whose `subject` and `time` stand in for a missing `item` and `timestamp`): answered as users "
            + "are.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .AcceptsEvents<TransferRequest>();

    /// <summary>Why a transfer refers to what is not there; null if it does not.</summary>
    public static string? MissingReason(Guid item, Guid to, HashSet<Guid> items, HashSet<Guid> users) =>
        (items.Contains(item), users.Contains(to)) switch
        {
            (true, true) => $"{ReadItems.NoItem(item)} {ReadItems.NoUser(to)}",
            (true, false) => ReadItems.NoItem(item),
            (false, true) => ReadItems.NoUser(to),
            _ => null,
        };

    private static Task<IResult> HandleAsync(
        HttpContext context, ItemIntake intake, ItemReads reads, TransferRequestValidator validator, IStoreClock clock,
        IOptions<ItemOptions> options, CancellationToken cancellationToken)
    {
        var (tenant, stamp) = (context.Tenant(), EventStamps.Of(context, clock, options.Value.Address));
        HashSet<Guid> items = [], users = [];
        var events = new EventIntake<TransferRequest>("transfers", ReadItem, validator, request => request.EventId)
        {
            PrepareAsync = async requests =>
            {
                items = await reads.FindMissingItemsAsync(
                    tenant, requests.Select(each => each.Item).OfType<Guid>(), cancellationToken);
                users = await reads.FindMissingUsersAsync(tenant, requests.Select(each => each.To).OfType<Guid>(), cancellationToken);
            },
            RefusalOf = request => MissingReason(request.Item!.Value, request.To!.Value, items, users) is { } reason
                ? EventOutcome.Missing(reason) : null,
        };
        return events.AnswerAsync(
            context,
            stamp.ReceivedAt,
            each => ValueTask.FromResult(AcceptedItem.Of(new ItemTransferred(
                each.Request.Item!.Value, each.EventId, each.Request.To!.Value,
                TickTime.Of(each.Request.Timestamp ?? stamp.ReceivedAt), stamp))),
            (accepted, wait) => intake.AcceptAsync(tenant, accepted, wait, cancellationToken),
            Reasons,
            cancellationToken);
    }

    private static TransferRequest? ReadItem(EventItem item)
    {
        if (EventFields.ReadObject(item, TransferRequest.From) is not { } request)
        {
            return null;
        }

        request.Timestamp = EventFields.TimestampOr(request.Timestamp, item);
        if (request.Item is null && EventFields.SubjectOr(own: null, "item", item) is { } subject)
        {
            request.Item = ItemRules.ReadId(subject, "item", item.Errors);
        }

        return request;
    }
}

/// <summary>A transfer of an item.</summary>
internal sealed class TransferRequest
{
    private const string Known = "item, to, timestamp, eventId";

    /// <summary>The id of the item.</summary>
    public Guid? Item { get; set; }

    /// <summary>The id of the user who receives it.</summary>
    public Guid? To { get; set; }

    /// <inheritdoc cref="ItemUserRequest.Timestamp"/>
    public DateTimeOffset? Timestamp { get; set; }

    /// <summary>The client's own id of this transfer, unique for the item, up to 255 characters. Default: the service gives one.</summary>
    public string? EventId { get; set; }

    public static TransferRequest From(JsonElement json, FieldErrors errors)
    {
        var request = new TransferRequest();
        foreach (var field in json.EnumerateObject())
        {
            switch (field.Name)
            {
                case "item": request.Item = ItemRules.ReadId(field.Value, "item", errors); break;
                case "to": request.To = ItemRules.ReadId(field.Value, "to", errors); break;
                case "timestamp": request.Timestamp = EventFields.Timestamp(field.Value, errors); break;
                case "eventId": request.EventId = Read.Text(field.Value, "eventId", errors); break;
                default: errors.Add(field.Name, $"is not a known field; known are {Known}"); break;
            }
        }

        return request;
    }
}

/// <summary>The rules for a transfer.</summary>
internal sealed class TransferRequestValidator : FieldValidator<TransferRequest>
{
    public TransferRequestValidator(IStoreClock clock, IOptions<ItemOptions> options)
    {
        Check(request => request.Item, ItemRules.IdProblem);
        Check(request => request.To, ItemRules.IdProblem);
        Check(request => request.Timestamp, at => ItemRules.TimestampProblem(at, clock, options.Value.Retention));
        Check(request => request.EventId, id => EventRules.TextProblem(id, 1, EventIds.MaxLength));
    }
}
