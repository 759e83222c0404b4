using System.Text;
using System.Text.Json;
using Contracts.Access;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Access;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Timers;

/// <summary>The part that all commands on one timer share: the id, If-Match, the response.</summary>
internal static class ControlEndpoint
{
    /// <summary>Adds a command without a body.</summary>
    public static RouteHandlerBuilder MapControl(
        this IEndpointRouteBuilder timers, string method, string pattern, Func<TimerRecord, DateTimeOffset, Decision> decide) =>
        timers.MapMethods(
                pattern,
                [method],
                (string id, HttpContext context, TimerControl control, IStoreClock clock, CancellationToken cancellationToken) =>
                    RunAsync(id, context, control, clock, row => decide(row, clock.Now), cancellationToken))
            .ProducesControl();

    /// <summary>The responses that every command may give.</summary>
    public static RouteHandlerBuilder ProducesControl(this RouteHandlerBuilder endpoint, KeyVerb verb = KeyVerb.Control) => endpoint
        .Needs(verb)
        .Produces<TimerResource>()
        .Produces<TimerResource>(StatusCodes.Status202Accepted)
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed);

    public static async Task<Results<JsonAnswer<TimerResource>, ProblemHttpResult>> RunAsync(
        string id, HttpContext context, TimerControl control, IStoreClock clock, Func<TimerRecord, Decision> decide,
        CancellationToken cancellationToken)
    {
        var (result, problem) = await ExecuteAsync(id, context, control, decide, cancellationToken);
        return problem is not null ? problem : Answer(context, result!, clock.Now);
    }

    /// <summary>Runs a command. One of the two is null: what it did, or why it did nothing.</summary>
    public static async Task<(ControlResult? Result, ProblemHttpResult? Problem)> ExecuteAsync(
        string id, HttpContext context, TimerControl control, Func<TimerRecord, Decision> decide, CancellationToken cancellationToken)
    {
        if (TimerPath.Parse(context, id, out var address) is { } problem)
        {
            return (null, problem);
        }

        if (!EntityTags.TryReadIfMatch(context.Request, out var versions))
        {
            return (null, Problems.Invalid("If-Match", "must be * or a list of quoted entity tags"));
        }

        TimerRecord? before = null;
        var result = await control.RunAsync(address, versions, row => decide(before = row), cancellationToken);
        if (AuditNotes.Of(context) is { } notes)
        {
            (notes.Before, notes.After) = (HashOf(before), HashOf(result.Row));
        }

        var refusal = result.Outcome switch
        {
            ControlOutcome.Unknown => TimerProblems.NotFound(id),
            ControlOutcome.Changed => TimerProblems.PreconditionFailed(id),
            ControlOutcome.Invalid => Problems.Invalid(result.Errors!),
            ControlOutcome.Refused => TimerProblems.Conflict(result.Refusal!),
            _ => null,
        };
        return refusal is null ? (result, null) : (null, refusal);
    }

    /// <summary>For the audit: what is shown of the timer, with what is encrypted, so that another credential is another content.</summary>
    public static byte[] Shown(TimerRecord row) =>
    [
        .. JsonSerializer.SerializeToUtf8Bytes(TimerResource.From(row, row.CreatedAt), TimerResourcesJson.Http.TimerResource),
        .. Encoding.UTF8.GetBytes(row.Spec.Sealed ?? string.Empty),
    ];

    private static string? HashOf(TimerRecord? row) => row is null ? null : AuditNotes.Hash(Shown(row));

    /// <summary>What a command did that was not refused.</summary>
    public static JsonAnswer<TimerResource> Answer(HttpContext context, ControlResult result, DateTimeOffset now)
    {
        var row = result.Row!;
        context.Response.Headers.ETag = EntityTags.Of(row.Version);
        var status = StatusCodes.Status200OK;
        if (result.Outcome == ControlOutcome.Recorded)
        {
            status = StatusCodes.Status202Accepted;
            context.Response.Headers.Location = TimerRoutes.Of(row.Id);
        }

        return new JsonAnswer<TimerResource>(TimerResource.From(row, now), TimerResourcesJson.Http.TimerResource, status);
    }
}
