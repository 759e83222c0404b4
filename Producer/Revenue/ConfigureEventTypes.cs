using System.Runtime.InteropServices;
using System.Text.Json;
using Contracts.Revenue;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Revenue;

/// <summary>/revenue/event-types: names of events beside add_revenue and subtract_revenue.</summary>
internal static class ConfigureEventTypes
{
    /// <summary>Maximum number of names of a tenant.</summary>
    private const int MaxTypes = 1_000;

    private const int MaxRequestBytes = 64 * 1024;

    public static void MapConfigureEventTypes(this IEndpointRouteBuilder revenue)
    {
        revenue.MapPut("/event-types/{name}", PutAsync)
            .WithQuery()
            .WithName("putRevenueEventType")
            .WithSummary("Register a name of events")
            .WithDescription(
                "Events of this name add or subtract their value, and must match the `schema` if there is one: a JSON schema (2020-12, at "
                + "most 16 KiB, without references) of the event as `POST /api/v1/revenue/events` takes it, with its value as a number "
                + "and its currency always there. The name can be used at once. Replacing it leaves earlier events as they are.")
            .Accepts<RevenueEventTypeRequest>("application/json")
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxRequestBytes))
            .Produces<RevenueEventTypeResource>()
            .Produces<RevenueEventTypeResource>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
        revenue.MapDelete("/event-types/{name}", DeleteAsync)
            .WithQuery()
            .WithName("deleteRevenueEventType")
            .WithSummary("Forget a name of events")
            .WithDescription("Its events stay as they are; new ones are refused.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    public static void MapReadEventTypes(this IEndpointRouteBuilder revenue)
    {
        revenue.MapGet("/event-types", ListAsync)
            .WithQuery()
            .WithName("listRevenueEventTypes")
            .WithSummary("List names of events")
            .WithDescription("Those that every tenant has, and registered ones.")
            .Produces<RevenueEventTypeList>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        revenue.MapGet("/event-types/{name}", GetAsync)
            .WithQuery()
            .WithName("getRevenueEventType")
            .WithSummary("Read a name of events")
            .Produces<RevenueEventTypeResource>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<JsonAnswer<RevenueEventTypeResource>, ProblemHttpResult>> PutAsync(
        string name, HttpContext context, IRevenueStore store, EventTypes types, RevenueEventTypeValidator validator,
        CancellationToken cancellationToken)
    {
        if (!JsonBody.IsAccepted(context.Request))
        {
            return Problems.UnsupportedMediaType("application/json");
        }

        var (errors, tenant, id) = (new FieldErrors(), context.Tenant(), PathText.Unescape(name));
        if (NameProblem(id) is { } problem)
        {
            errors.Add("name", problem);
        }

        var request = await JsonBody.ReadObjectAsync(
            context.Request,
            errors,
            json =>
            {
                var read = RevenueEventTypeRequest.From(json, errors);
                validator.Validate(read, errors);
                return read;
            },
            cancellationToken);
        if (request is null || errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var registered = await store.ListTypesAsync(tenant, cancellationToken);
        if (registered.Count >= MaxTypes && registered.All(each => each.Name != id))
        {
            return Problems.Invalid("name", $"would be one more than {MaxTypes} names; forget others first");
        }

        var type = new RevenueEventType(
            id, request.Sign == RevenueEventTypeRequest.Subtract ? RevenueSign.Subtract : RevenueSign.Add,
            request.Schema is { } schema ? schema : (ReadOnlyMemory<byte>?)null);
        var isNew = await store.RegisterAsync(tenant, type, cancellationToken);
        types.Forget(tenant);
        Audited.Note(
            context, registered.FirstOrDefault(each => each.Name == id) is { } before ? RevenueEventTypeResource.From(before) : null,
            RevenueEventTypeResource.From(type), RevenueResourcesJson.Http.RevenueEventTypeResource);
        context.Response.Headers.Location = isNew ? RevenueRoutes.OfType(id) : default;
        return new JsonAnswer<RevenueEventTypeResource>(
            RevenueEventTypeResource.From(type), RevenueResourcesJson.Http.RevenueEventTypeResource,
            isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string name, HttpContext context, IRevenueStore store, EventTypes types, CancellationToken cancellationToken)
    {
        var (tenant, id) = (context.Tenant(), PathText.Unescape(name));
        if (NameProblem(id) is { } problem)
        {
            return Problems.Invalid("name", problem);
        }

        await Audited.NoteBeforeAsync(
            context,
            async () => (await store.ListTypesAsync(tenant, cancellationToken)).FirstOrDefault(each => each.Name == id) is { } before
                ? RevenueEventTypeResource.From(before) : null,
            RevenueResourcesJson.Http.RevenueEventTypeResource);
        var wasThere = await store.UnregisterAsync(tenant, id, cancellationToken);
        types.Forget(tenant);
        return wasThere ? TypedResults.NoContent() : NotFound(id);
    }

    private static async Task<JsonAnswer<RevenueEventTypeList>> ListAsync(
        HttpContext context, IRevenueStore store, CancellationToken cancellationToken) => new(
        new RevenueEventTypeList([.. (await AllAsync(context, store, cancellationToken)).Select(RevenueEventTypeResource.From)]),
        RevenueResourcesJson.Http.RevenueEventTypeList);

    private static async Task<Results<JsonAnswer<RevenueEventTypeResource>, ProblemHttpResult>> GetAsync(
        string name, HttpContext context, IRevenueStore store, CancellationToken cancellationToken)
    {
        var id = PathText.Unescape(name);
        return (await AllAsync(context, store, cancellationToken)).FirstOrDefault(type => type.Name == id) is { } found
            ? new JsonAnswer<RevenueEventTypeResource>(
                RevenueEventTypeResource.From(found), RevenueResourcesJson.Http.RevenueEventTypeResource)
            : NotFound(id);
    }

    private static async Task<IEnumerable<RevenueEventType>> AllAsync(
        HttpContext context, IRevenueStore store, CancellationToken cancellationToken) =>
        RevenueEventType.BuiltIn.Concat(await store.ListTypesAsync(context.Tenant(), cancellationToken));

    private static string? NameProblem(string name) => RevenueRules.NameProblem(name)
        ?? (RevenueEventType.BuiltIn.Any(type => type.Name == name) ? "is built in, and stays as it is" : null);

    private static ProblemHttpResult NotFound(string name) =>
        Problems.NotFound("There is no such name of events.", $"No events named '{name}' are registered.");
}

/// <summary>What events of a name are.</summary>
internal sealed class RevenueEventTypeRequest
{
    public const string Add = "add";
    public const string Subtract = "subtract";

    /// <summary>add or subtract: what the value does to the balance.</summary>
    public string? Sign { get; set; }

    /// <summary>The JSON schema that such events must match, a JSON object. Default: none.</summary>
    public ReadOnlyMemory<byte>? Schema { get; set; }

    public static RevenueEventTypeRequest From(JsonElement json, FieldErrors errors)
    {
        var request = new RevenueEventTypeRequest();
        foreach (var field in json.EnumerateObject())
        {
            switch (field.Name)
            {
                case "sign": request.Sign = Read.Text(field.Value, "sign", errors); break;
                case "schema" when field.Value.ValueKind != JsonValueKind.Null:
                    request.Schema = JsonMarshal.GetRawUtf8Value(field.Value).ToArray();
                    break;
                case "schema": break;
                default: errors.Add(field.Name, "is not a known field; known are sign, schema"); break;
            }
        }

        return request;
    }
}

/// <summary>The rules for a name of events.</summary>
internal sealed class RevenueEventTypeValidator : FieldValidator<RevenueEventTypeRequest>
{
    public RevenueEventTypeValidator()
    {
        Check(request => request.Sign, sign => sign is null ? "is required"
            : sign is RevenueEventTypeRequest.Add or RevenueEventTypeRequest.Subtract ? null : "must be add or subtract");
        Check(request => request.Schema, SchemaProblem);
    }

    private static string? SchemaProblem(ReadOnlyMemory<byte>? schema)
    {
        if (schema is not { } bytes)
        {
            return null;
        }

        if (bytes.Length > EventSchema.MaxBytes)
        {
            return $"must not be larger than {EventSchema.MaxBytes} bytes";
        }

        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = EventSchema.MaxDepth });
            return EventSchema.TryRead(document.RootElement, out var problem) is null ? problem : null;
        }
        catch (JsonException)
        {
            return $"is nested deeper than {EventSchema.MaxDepth} levels";
        }
    }
}

/// <summary>A name of events.</summary>
/// <param name="Name">The name.</param>
/// <param name="Sign">add or subtract.</param>
/// <param name="Schema">The JSON schema that such events must match; missing for none.</param>
internal sealed record RevenueEventTypeResource(string Name, string Sign, JsonElement? Schema)
{
    public static RevenueEventTypeResource From(RevenueEventType type) => new(
        type.Name, type.Sign == RevenueSign.Subtract ? RevenueEventTypeRequest.Subtract : RevenueEventTypeRequest.Add,
        type.Schema is { } schema ? JsonElement.Parse(schema.Span) : null);
}

/// <summary>All names of events.</summary>
/// <param name="Items">Those that every tenant has, then registered ones in the order of their names.</param>
internal sealed record RevenueEventTypeList(IReadOnlyList<RevenueEventTypeResource> Items);
