using System.Runtime.CompilerServices;
using Contracts.Access;
using Infrastructure.Access;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Producer.Http;

namespace Producer.Keys;

/// <summary>GET /audit and /audit/export: who did what.</summary>
internal static class AuditRoutes
{
    private const int MaxLimit = 1_000;
    private const int DefaultLimit = 50;
    private const string Lines = "application/x-ndjson";
    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    public static void MapAudit(this IEndpointRouteBuilder app)
    {
        var audit = app.MapGroup("/api/v1/audit").WithTags("Keys").Needs(KeyVerb.Admin)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        audit.MapGet("/", ListAsync)
            .WithQuery("from", "until", "key", "action", "cursor", "limit")
            .WithName("listAudit")
            .WithSummary("Read the audit")
            .WithDescription(
                "Who did what, the latest first: commands, replays, settings, erasures, changes of keys. Of the caller's tenant; for an "
                + "administrator of the default tenant of all. `next` is the cursor of the next page.")
            .Produces<AuditList>();
        audit.MapGet("/export", ExportAsync)
            .WithQuery("from", "until", "key", "action")
            .WithName("exportAudit")
            .WithSummary("Export the audit")
            .WithDescription("All entries that the conditions name, the latest first, as one JSON object per line.")
            .Produces<string>(StatusCodes.Status200OK, Lines);
    }

    private static async Task<Results<JsonAnswer<AuditList>, ProblemHttpResult>> ListAsync(
        [AsParameters] AuditFilter filter, [FromQuery(Name = "cursor")] string? cursor, [FromQuery(Name = "limit")] string? limit,
        HttpContext context, IAuditStore store, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var caller = Caller.Of(context)!;
        var before = TenantCursors.ReadText(caller.TenantName, cursor, errors);
        var size = DefaultLimit;
        if (limit is not null && !Read.TryWhole(limit, 1, MaxLimit, out size))
        {
            errors.Add("limit", $"must be a whole number from 1 to {MaxLimit}");
        }

        if (filter.ToQuery(caller, size + 1, errors) is not { } query)
        {
            return Problems.Invalid(errors);
        }

        var found = await store.ListAsync(query with { Before = before }, cancellationToken);
        var page = found.Take(size).Select(AuditResource.From).ToList();
        return new JsonAnswer<AuditList>(
            new AuditList(page, found.Count > size ? TenantCursors.SealText(caller.TenantName, page[^1].Id) : null),
            KeysJson.Http.AuditList);
    }

    private static async Task<IResult> ExportAsync(
        [AsParameters] AuditFilter filter, HttpContext context, IAuditStore store, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        if (filter.ToQuery(Caller.Of(context)!, MaxLimit, errors) is not { } query)
        {
            return Problems.Invalid(errors);
        }

        // The first page before the status is sent: a store that does not answer is a 503.
        var first = await store.ListAsync(query, cancellationToken);
        return TypedResults.Stream(
            async output =>
            {
                await foreach (var entry in ReadAllAsync(first, query, store, cancellationToken))
                {
                    await System.Text.Json.JsonSerializer.SerializeAsync(
                        output, AuditResource.From(entry), KeysJson.Http.AuditResource, cancellationToken);
                    await output.WriteAsync(LineEnd, cancellationToken);
                }
            },
            Lines);
    }

    private static async IAsyncEnumerable<AuditEntry> ReadAllAsync(
        IReadOnlyList<AuditEntry> page, AuditQuery query, IAuditStore store, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            foreach (var entry in page)
            {
                yield return entry;
            }

            if (page.Count < query.Limit)
            {
                yield break;
            }

            page = await store.ListAsync(query with { Before = page[^1].Id }, cancellationToken);
        }
    }
}

/// <summary>Which entries, as given in a query string.</summary>
internal sealed record AuditFilter
{
    [FromQuery(Name = "from")]
    public string? From { get; init; }

    [FromQuery(Name = "until")]
    public string? Until { get; init; }

    [FromQuery(Name = "key")]
    public string? Key { get; init; }

    [FromQuery(Name = "action")]
    public string? Action { get; init; }

    /// <summary>The query for the store; null if it is not valid.</summary>
    public AuditQuery? ToQuery(Caller caller, int limit, FieldErrors errors)
    {
        var (from, until) = (ReadInstant("from", From, errors), ReadInstant("until", Until, errors));
        return errors.Any ? null : new AuditQuery(caller.IsOperator ? null : caller.TenantName, limit)
        {
            From = from,
            Until = until,
            KeyId = Key,
            Action = Action,
        };
    }

    private static DateTimeOffset? ReadInstant(string name, string? text, FieldErrors errors)
    {
        if (text is null)
        {
            return null;
        }

        if (Read.TryQueryInstant(text, out var instant))
        {
            return instant;
        }

        errors.Add(name, Read.Rfc3339Form);
        return null;
    }
}
