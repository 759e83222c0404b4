using System.Runtime.InteropServices;
using System.Text.Json;
using Contracts.Common;
using Contracts.Events;
using Contracts.Storage;
using Infrastructure.Items;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Items;

/// <summary>Reads the requests of the first item service; fields that it does not know are refused.</summary>
internal static class SeedItemRequests
{
    /// <summary>Reads a request without fields.</summary>
    public static Task<(SeedUserRequest Body, SeedItemContext Request, IResult? Refused)> ReadUserAsync(
        HttpContext context, IStoreClock clock, IOptions<ItemOptions> options, CancellationToken cancellationToken) =>
        ReadAsync<SeedUserRequest>(context, clock, options, static (_, _, _) => false, static (_, _) => { }, cancellationToken);

    public static Task<(SeedBaseItemRequest Body, SeedItemContext Request, IResult? Refused)> ReadBaseItemAsync(
        HttpContext context, IStoreClock clock, IOptions<ItemOptions> options, CancellationToken cancellationToken) =>
        ReadAsync<SeedBaseItemRequest>(
            context, clock, options,
            static (body, field, errors) => Take(field, "description", value => body.Description = Read.Text(value, "description", errors)),
            static (body, errors) => Require("description", ItemRules.DescriptionProblem(body.Description), errors),
            cancellationToken);

    public static Task<(SeedItemRequest Body, SeedItemContext Request, IResult? Refused)> ReadItemAsync(
        HttpContext context, IStoreClock clock, IOptions<ItemOptions> options, CancellationToken cancellationToken) =>
        ReadAsync<SeedItemRequest>(
            context, clock, options,
            static (body, field, errors) =>
                Take(field, "base_item_id", value => body.BaseItemId = ItemRules.ReadId(value, "base_item_id", errors)),
            static (body, errors) => Require("base_item_id", ItemRules.IdProblem(body.BaseItemId), errors),
            cancellationToken);

    public static Task<(SeedOwnership Body, SeedItemContext Request, IResult? Refused)> ReadOwnershipAsync(
        HttpContext context, IStoreClock clock, IOptions<ItemOptions> options, CancellationToken cancellationToken) =>
        ReadAsync<SeedOwnership>(
            context, clock, options,
            static (body, field, errors) => Take(field, "to", value => body.To = ItemRules.ReadId(value, "to", errors)),
            static (body, errors) => Require("to", ItemRules.IdProblem(body.To), errors),
            cancellationToken);

    /// <summary>What to answer where something is not stored; null where it is. The header with its tracking id is set.</summary>
    public static IResult? Refuse<TMessage>(HttpContext context, AcceptedItem<TMessage> accepted)
    {
        context.Response.Headers[EventAnswers.TrackingHeader] = accepted.TrackingOf(context.Tenant()).ToString();
        return accepted.Accepted!.Rejected is { } rejected ? Problems.DeadLettered(rejected.Reason, rejected.DeadLetter)
            : accepted.State == EventState.Queued
                ? Problems.Unavailable(
                    WriteOutcome.Unknown, "It is accepted but could not be stored yet; X-Tracking-Id tells what became of it.", accepted.Id)
            : accepted.State == EventState.Dropped
                ? Problems.NotFound("The request had no effect.", "What it is about has been erased, or purged, since it was accepted.")
            : null;
    }

    private static async Task<(TBody Body, SeedItemContext Request, IResult? Refused)> ReadAsync<TBody>(
        HttpContext context, IStoreClock clock, IOptions<ItemOptions> options, Func<TBody, JsonProperty, FieldErrors, bool> take,
        Action<TBody, FieldErrors> validate, CancellationToken cancellationToken)
        where TBody : class, new()
    {
        var http = context.Request;
        if (!JsonBody.IsAccepted(http))
        {
            return (new TBody(), default, Problems.UnsupportedMediaType("application/json"));
        }

        var errors = new FieldErrors();
        var key = EventIds.ReadKey(http, errors);
        var body = await SeedBody.ReadAsync(http, errors, ReadFields, cancellationToken);
        if (body is not null)
        {
            validate(body, errors);
        }

        if (body is null || errors.Any)
        {
            return (new TBody(), default, Problems.Invalid(errors));
        }

        var stamp = EventStamps.Of(context, clock, options.Value.Address);
        return (
            body,
            new SeedItemContext(
                key ?? Guid.CreateVersion7(stamp.ReceivedAt).ToString("D"), TickTime.Of(stamp.ReceivedAt), stamp,
                PreferWait.Apply(context) ?? options.Value.Deadline),
            null);

        TBody ReadFields(JsonElement json)
        {
            var read = new TBody();
            foreach (var field in json.EnumerateObject())
            {
                if (!take(read, field, errors))
                {
                    errors.Add(field.Name, "is not a known field");
                }
            }

            return read;
        }
    }

    private static bool Take(JsonProperty field, string name, Action<JsonElement> read)
    {
        if (field.Name != name)
        {
            return false;
        }

        read(field.Value);
        return true;
    }

    private static void Require(string field, string? problem, FieldErrors errors)
    {
        if (problem is not null && !errors.Has(field))
        {
            errors.Add(field, problem);
        }
    }
}

/// <summary>What comes with every request of the first item service.</summary>
/// <param name="EventId">The request's Idempotency-Key, or an id of the service's own.</param>
/// <param name="At">When it happens: now.</param>
/// <param name="Stamp">When and from where it came.</param>
/// <param name="Wait">How long to wait until it is stored.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SeedItemContext(string EventId, long At, EventStamp Stamp, TimeSpan Wait);

/// <summary>The seed's request for a user, which has no fields.</summary>
internal sealed record SeedUserRequest;
