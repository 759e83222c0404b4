using System.Text.Json;
using Contracts.Common;
using Contracts.Items;
using Contracts.Storage;
using Infrastructure.Items;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Items;

/// <summary>POST /items/users: creates users.</summary>
internal static class CreateUsers
{
    public static readonly EventReasons Reasons = new(
        Duplicate: "There is a user with this id, who stays as they are.",
        Dropped: "The user has been erased.");

    public static void MapCreateUsers(this IEndpointRouteBuilder items) => items.MapPost("/users", HandleAsync)
        .WithName("postItemUsers")
        .WithSummary("Create users")
        .WithDescription(
            "One, a JSON array, or one JSON object per line (`application/x-ndjson`); up to 10,000 or 10 MB, gzip and br accepted, and "
            + "CloudEvents 1.0. The answer has the `id` of each. An `eventId` that is a UUID is the user's id; from any other, and from "
            + "an `Idempotency-Key`, an id is derived, so that repeating the request creates nothing more. A request with several is "
            + "answered 201 or "
            + "202 if all were accepted, 207 if some were refused, 400 if all were, always with one result each, in order.")
        .AcceptsEvents<ItemUserRequest>();

    private static Task<IResult> HandleAsync(
        HttpContext context, ItemIntake intake, ItemUserRequestValidator validator, IStoreClock clock, IOptions<ItemOptions> options,
        CancellationToken cancellationToken)
    {
        var (tenant, stamp) = (context.Tenant(), EventStamps.Of(context, clock, options.Value.Address));
        var events = new EventIntake<ItemUserRequest>("users", ReadItem, validator, request => request.EventId);
        return events.AnswerAsync(
            context,
            stamp.ReceivedAt,
            each => ValueTask.FromResult(AcceptedItem.Of(new UserCreated(
                ItemIds.Of(ItemIds.User, each.EventId), TickTime.Of(each.Request.Timestamp ?? stamp.ReceivedAt), stamp))),
            (accepted, wait) => intake.AcceptAsync(tenant, accepted, wait, cancellationToken),
            Reasons,
            cancellationToken);
    }

    private static ItemUserRequest? ReadItem(EventItem item)
    {
        if (EventFields.ReadObject(item, ItemUserRequest.From) is not { } request)
        {
            return null;
        }

        request.Timestamp = EventFields.TimestampOr(request.Timestamp, item);
        return request;
    }
}

/// <summary>A user to be created.</summary>
internal sealed class ItemUserRequest
{
    private const string Known = "timestamp, eventId";

    /// <summary>
    /// When: RFC 3339 with an offset, or seconds or milliseconds since 1970, or a near miss that has one meaning. Default: now.
    /// </summary>
    public DateTimeOffset? Timestamp { get; set; }

    /// <summary>
    /// The client's own id, up to 255 characters; a UUID is the id of what is created, and of any other one is made. Default: the service
    /// gives one.
    /// </summary>
    public string? EventId { get; set; }

    public static ItemUserRequest From(JsonElement json, FieldErrors errors)
    {
        var request = new ItemUserRequest();
        foreach (var field in json.EnumerateObject())
        {
            switch (field.Name)
            {
                case "timestamp": request.Timestamp = EventFields.Timestamp(field.Value, errors); break;
                case "eventId": request.EventId = Read.Text(field.Value, "eventId", errors); break;
                default: errors.Add(field.Name, $"is not a known field; known are {Known}"); break;
            }
        }

        return request;
    }
}

/// <summary>The rules for a user.</summary>
internal sealed class ItemUserRequestValidator : FieldValidator<ItemUserRequest>
{
    public ItemUserRequestValidator(IStoreClock clock)
    {
        Check(request => request.Timestamp, at => ItemRules.TimestampProblem(at, clock, retention: null));
        Check(request => request.EventId, id => EventRules.TextProblem(id, 1, EventIds.MaxLength));
    }
}
