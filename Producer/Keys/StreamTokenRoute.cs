using Contracts.Access;
using Infrastructure.Access;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Keys;

/// <summary>POST /stream-tokens.</summary>
internal static class StreamTokenRoute
{
    public static void MapStreamTokens(this IEndpointRouteBuilder app) => app.MapPost("/api/v1/stream-tokens", Handle)
        .Needs(KeyVerb.Read, isOfAnySlice: true)
        .WithTags("Keys")
        .WithName("createStreamToken")
        .WithSummary("Make a token for live streams")
        .WithDescription(
            "For `EventSource` and `WebSocket`, which send no headers of a page's own: append `?access_token=` with it to the address of a "
            + "live stream within a minute. It opens what the key opens, and the stream ends with the key.")
        .Produces<StreamTokenResource>(StatusCodes.Status201Created)
        .ProducesProblem(StatusCodes.Status409Conflict);

    private static Results<JsonAnswer<StreamTokenResource>, ProblemHttpResult> Handle(HttpContext context, IKeyRefresh keys)
    {
        if (keys.CreateStreamToken(Caller.Of(context)!) is not { } made)
        {
            return Problems.Conflict("There is no key.", "Without keys, live streams need no token.");
        }

        return new JsonAnswer<StreamTokenResource>(
            new StreamTokenResource(made.Token, made.ExpiresAt), KeysJson.Http.StreamTokenResource, StatusCodes.Status201Created);
    }
}
