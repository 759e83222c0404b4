using System.Text.Json;
using Contracts.Access;
using Contracts.Messaging;
using Infrastructure.Access;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.DeadLetters;

/// <summary>PATCH and DELETE /dead-letters/{id}, POST /dead-letters/{id}/replay.</summary>
internal static class ChangeDeadLetters
{
    /// <summary>The maximum message size, plus the JSON around it.</summary>
    private const int MaxRequestBytes = 4 << 20;

    public static void MapChangeDeadLetter(this IEndpointRouteBuilder letters) => letters.MapPatch("/{id}", ChangeAsync)
        .WithName("changeDeadLetter")
        .WithSummary("Edit a dead letter")
        .WithDescription(
            "Replaces the message with another one of the letter's type and key; `********` keeps what it stands for. It is applied when "
            + "it is replayed. A letter that has been replayed, and has not failed since, can no longer be edited.")
        .Accepts<DeadLetterChange>("application/json", "application/merge-patch+json")
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxRequestBytes))
        .ProducesChange()
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);

    public static void MapDeleteDeadLetter(this IEndpointRouteBuilder letters) => letters.MapDelete("/{id}", DeleteAsync)
        .WithName("deleteDeadLetter")
        .WithSummary("Delete a dead letter")
        .WithDescription("The message is deleted permanently.")
        .Produces(StatusCodes.Status204NoContent)
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed);

    public static void MapReplayDeadLetter(this IEndpointRouteBuilder letters) => letters.MapPost("/{id}/replay", ReplayAsync)
        .Needs(KeyVerb.Control)
        .WithName("replayDeadLetter")
        .WithSummary("Replay a dead letter")
        .WithDescription(
            "Puts the message back on its log, with its original position, so that its effects count once however often it is replayed. "
            + "200 when it is applied, 202 when it is on the log (`Prefer: wait=N` waits for 200); if it fails again, the same "
            + "letter is `open` again with the new reason.")
        .Produces<DeadLetterResource>(StatusCodes.Status202Accepted)
        .ProducesChange()
        .ProducesProblem(StatusCodes.Status409Conflict);

    private static RouteHandlerBuilder ProducesChange(this RouteHandlerBuilder endpoint) => endpoint
        .Produces<DeadLetterResource>()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<Results<JsonAnswer<DeadLetterResource>, ProblemHttpResult>> ChangeAsync(
        string id, HttpContext context, IDeadLetterStore store, DeadLetterReplays replays, CancellationToken cancellationToken)
    {
        if (!JsonBody.IsAccepted(context.Request))
        {
            return Problems.UnsupportedMediaType("application/json or application/merge-patch+json");
        }

        var errors = new FieldErrors();
        var content = await JsonBody.ReadObjectAsync(context.Request, errors, json => ReadContent(json, errors), cancellationToken);
        if (content is null || errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var (letter, problem) = await FindAsync(id, context.Request, store, cancellationToken);
        if (letter is null)
        {
            return problem!;
        }

        if (letter.State == DeadLetterState.Replayed)
        {
            return AlreadyReplayed();
        }

        if (replays.FindFault(letter, content) is { } fault)
        {
            return Problems.Invalid("content", fault);
        }

        foreach (var (field, reasons) in replays.FindBreaches(letter, content))
        {
            Array.ForEach(reasons, reason => errors.Add($"content.{field}", reason));
        }

        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        if (replays.Restore(letter, content) is not { } restored)
        {
            return Problems.Invalid("content", "has ******** where the letter has no value to keep, or for another receiver than before");
        }

        var changed = letter with { Content = restored, Version = letter.Version + 1 };
        if (!await store.TryReplaceAsync(letter, changed, cancellationToken))
        {
            return Changed(id);
        }

        Note(context, replays, letter, changed);
        return ReadDeadLetters.Answer(context, replays, changed);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string id, HttpContext context, IDeadLetterStore store, DeadLetterReplays replays, CancellationToken cancellationToken)
    {
        var (letter, problem) = await FindAsync(id, context.Request, store, cancellationToken);
        if (letter is null)
        {
            return problem!;
        }

        if (!await store.TryDeleteAsync(letter, cancellationToken))
        {
            return Changed(id);
        }

        Note(context, replays, letter, after: null);
        return TypedResults.NoContent();
    }

    private static async Task<Results<JsonAnswer<DeadLetterResource>, ProblemHttpResult>> ReplayAsync(
        string id, HttpContext context, IDeadLetterStore store, DeadLetterReplays replays, CancellationToken cancellationToken)
    {
        var (letter, problem) = await FindAsync(id, context.Request, store, cancellationToken);
        if (letter is null)
        {
            return problem!;
        }

        if (letter.State == DeadLetterState.Replayed)
        {
            return AlreadyReplayed();
        }

        if (replays.FindFault(letter, letter.Content.ToArray()) is { } fault)
        {
            return Problems.Conflict(
                "The dead letter does not allow that now.", $"Its content is not a valid message of its type: {fault} Edit it first.");
        }

        var (now, isApplied) = await replays.ReplayAsync(letter, PreferWait.Apply(context), cancellationToken);
        Note(context, replays, letter, now);
        return ReadDeadLetters.Answer(context, replays, now, isApplied ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    /// <summary>
    /// For the audit: what is shown of the letter, as hashes, and its version. An edit may change nothing but a credential, which is not
    /// shown, and of which no hash is kept: one could try passwords on it.
    /// </summary>
    private static void Note(HttpContext context, DeadLetterReplays replays, DeadLetter before, DeadLetter? after)
    {
        if (AuditNotes.Of(context) is { } notes)
        {
            (notes.Before, notes.After) = (HashOf(before), after is null ? null : HashOf(after));
        }

        string? HashOf(DeadLetter letter) => AuditNotes.HashAll(
        [
            JsonSerializer.SerializeToUtf8Bytes(
                DeadLetterResource.From(letter, replays.Show(letter)), DeadLettersJson.Http.DeadLetterResource),
            BitConverter.GetBytes(letter.Version),
        ]);
    }

    private static byte[] ReadContent(JsonElement json, FieldErrors errors)
    {
        byte[] content = [];
        foreach (var field in json.EnumerateObject())
        {
            if (field.Name == "content")
            {
                content = System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(field.Value).ToArray();
            }
            else
            {
                errors.Add(field.Name, "is not a known field");
            }
        }

        if (content.Length == 0)
        {
            errors.Add("content", "is required");
        }

        return content;
    }

    private static async Task<(DeadLetter? Letter, ProblemHttpResult? Problem)> FindAsync(
        string id, HttpRequest request, IDeadLetterStore store, CancellationToken cancellationToken)
    {
        if (!EntityTags.TryReadIfMatch(request, out var versions))
        {
            return (null, Problems.Invalid("If-Match", "must be * or a list of quoted entity tags"));
        }

        var letter = await store.FindAsync(request.HttpContext.Tenant(), id, cancellationToken);
        return letter is null ? (null, ReadDeadLetters.NotFound(id))
            : versions?.Contains(letter.Version) == false ? (null, Changed(id))
            : (letter, null);
    }

    private static ProblemHttpResult AlreadyReplayed() =>
        Problems.Conflict("The dead letter does not allow that now.", "It has been replayed, and has not failed since.");

    private static ProblemHttpResult Changed(string id) =>
        Problems.PreconditionFailed($"The dead letter '{id}' has changed since you read it. Read it again.");
}
