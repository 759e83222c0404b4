using Contracts.Messaging;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.DeadLetters;

/// <summary>GET /dead-letters and /dead-letters/{id}.</summary>
internal static class ReadDeadLetters
{
    public static void MapListDeadLetters(this IEndpointRouteBuilder letters) => letters.MapGet("/", ListAsync)
        .WithQuery("topic", "state", "cursor", "limit")
        .WithName("listDeadLetters")
        .WithSummary("List dead letters")
        .WithDescription("Messages that could not be applied, the latest first, without their contents. `next` is the cursor of the "
            + "next page.")
        .Produces<DeadLetterList>()
        .ProducesProblem(StatusCodes.Status400BadRequest);

    public static void MapGetDeadLetter(this IEndpointRouteBuilder letters) => letters.MapGet("/{id}", GetAsync)
        .WithName("getDeadLetter")
        .WithSummary("Read a dead letter")
        .WithDescription(
            "With its content; `********` stands for credentials in it. Use the ETag for If-Match, or for If-None-Match: 304 while it is "
            + "the same.")
        .Produces<DeadLetterResource>()
        .Produces(StatusCodes.Status304NotModified)
        .ProducesProblem(StatusCodes.Status404NotFound);

    public static JsonAnswer<DeadLetterResource> Answer(
        HttpContext context, DeadLetterReplays replays, DeadLetter letter, int status = StatusCodes.Status200OK)
    {
        context.Response.Headers.ETag = EntityTags.Of(letter.Version);
        return new JsonAnswer<DeadLetterResource>(
            DeadLetterResource.From(letter, replays.Show(letter)), DeadLettersJson.Http.DeadLetterResource, status);
    }

    public static ProblemHttpResult NotFound(string id) =>
        Problems.NotFound("There is no such dead letter.", $"No dead letter has the id '{id}'.");

    private static async Task<Results<JsonAnswer<DeadLetterList>, ProblemHttpResult>> ListAsync(
        [AsParameters] DeadLetterFilter filter, HttpContext context, IDeadLetterStore store, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        if (filter.ToQuery(context.Tenant(), errors) is not { } query)
        {
            return Problems.Invalid(errors);
        }

        var page = await store.ListAsync(query, cancellationToken);
        var list = new DeadLetterList(
            [.. page.Items.Select(letter => DeadLetterResource.From(letter, content: null))],
            page.Next is { } next ? DeadLetterFilter.WriteCursor(query.Tenant, next) : null);
        return new JsonAnswer<DeadLetterList>(list, DeadLettersJson.Http.DeadLetterList);
    }

    private static async Task<Results<JsonAnswer<DeadLetterResource>, StatusCodeHttpResult, ProblemHttpResult>> GetAsync(
        string id, HttpContext context, IDeadLetterStore store, DeadLetterReplays replays, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(context.Tenant(), id, cancellationToken) is not { } letter)
        {
            return NotFound(id);
        }

        var answer = Answer(context, replays, letter);
        return EntityTags.IsKnown(context.Request, EntityTags.Of(letter.Version))
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified) : answer;
    }
}
