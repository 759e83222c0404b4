using Contracts.Access;
using Contracts.Timers;
using Infrastructure.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Producer.Timers;

/// <summary>Errors that only timers have.</summary>
internal static class TimerProblems
{
    private static readonly string ControlScope = KeyScopes.Write(TimerMessages.Topic, KeyVerb.Control);

    public static ProblemHttpResult NotFound(string id) => TypedResults.Problem(
        title: "There is no such timer.", detail: $"No timer has the id '{id}'.", statusCode: StatusCodes.Status404NotFound);

    /// <summary>For a tenant whose timers take as much as they may.</summary>
    public static ProblemHttpResult QuotaExceeded(HttpResponse response, TimerQuotas quotas, ExceededQuota exceeded)
    {
        quotas.Tell(response, exceeded);
        return TypedResults.Problem(
            title: "The tenant's quota is used up.", detail: exceeded.Reason, statusCode: StatusCodes.Status429TooManyRequests);
    }

    public static ProblemHttpResult Conflict(string detail) => TypedResults.Problem(
        title: "The timer does not allow that now.", detail: detail, statusCode: StatusCodes.Status409Conflict);

    /// <summary>What is wrong with an id that another content has.</summary>
    public const string InUse = "is in use by a timer with different content";

    /// <summary>What is wrong with an id where any timer that has it is one too many.</summary>
    public const string Taken = "is in use by a timer";

    /// <param name="id">The timer that has the key.</param>
    /// <param name="refusal">Why it was not replaced, or that any timer is one too many; null if another content was refused.</param>
    public static ProblemHttpResult KeyUsed(string id, string? refusal) => TypedResults.Problem(
        title: "The key is in use.",
        detail: refusal switch
        {
            null => $"Another request with different content has created the timer '{id}' under this key.",
            Taken => $"There is a timer '{id}' under this key.",
            _ => $"The timer '{id}' under this key cannot be replaced. {refusal}",
        },
        statusCode: StatusCodes.Status409Conflict);

    /// <summary>Whether the caller may put a new content in the place of a timer: that is a command.</summary>
    public static bool MayReplace(HttpContext context) =>
        Caller.Of(context) is { } caller && caller.Scopes.Allows(TimerMessages.Topic, KeyVerb.Control);

    /// <summary>A key that may create timers, and not control those that are there.</summary>
    public static ProblemHttpResult MayNotReplace(HttpResponse response)
    {
        response.Headers.WWWAuthenticate = $"Bearer realm=\"timers\", error=\"insufficient_scope\", scope=\"{ControlScope}\"";
        return TypedResults.Problem(
            title: "The key does not allow that.",
            detail: $"Replacing timers needs the scope {ControlScope}.",
            statusCode: StatusCodes.Status403Forbidden);
    }

    public static ProblemHttpResult PreconditionFailed(string id) => TypedResults.Problem(
        title: "The timer has changed.",
        detail: $"The timer '{id}' is no longer what If-Match names. Read it again.",
        statusCode: StatusCodes.Status412PreconditionFailed);
}
