using Contracts.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Producer.Http;

/// <summary>Errors as clients see them: RFC 9457 problem details, with every wrong field.</summary>
internal static class Problems
{
    /// <summary>Seconds after which a refused request may be tried again.</summary>
    public const string RetryAfterSeconds = "1";

    public static ProblemHttpResult Invalid(FieldErrors errors) => TypedResults.Problem(
        title: "The request is not valid.",
        detail: "See errors for every field that is wrong.",
        statusCode: StatusCodes.Status400BadRequest,
        extensions: new Dictionary<string, object?> { ["errors"] = errors.ToDictionary() });

    public static ProblemHttpResult Invalid(string field, string reason)
    {
        var errors = new FieldErrors();
        errors.Add(field, reason);
        return Invalid(errors);
    }

    public static ProblemHttpResult NotFound(string title, string detail) =>
        TypedResults.Problem(title: title, detail: detail, statusCode: StatusCodes.Status404NotFound);

    public static ProblemHttpResult Conflict(string title, string detail) =>
        TypedResults.Problem(title: title, detail: detail, statusCode: StatusCodes.Status409Conflict);

    public static ProblemHttpResult PreconditionFailed(string detail) =>
        TypedResults.Problem(title: "The resource has changed.", detail: detail, statusCode: StatusCodes.Status412PreconditionFailed);

    /// <summary>For a message that was published but could not be applied: it is kept, and an operator can replay it.</summary>
    public static ProblemHttpResult DeadLettered(string reason, string deadLetter) => TypedResults.Problem(
        title: "The request was accepted but could not be applied.",
        detail: $"{reason} It is kept as the dead letter '{deadLetter}'.",
        statusCode: StatusCodes.Status500InternalServerError,
        extensions: new Dictionary<string, object?> { ["outcome"] = "unknown", ["deadLetter"] = deadLetter });

    public static ProblemHttpResult UnsupportedMediaType(string expected) => TypedResults.Problem(
        title: "The content type is not supported.", detail: $"Send {expected}.", statusCode: StatusCodes.Status415UnsupportedMediaType);

    /// <param name="outcome">Whether the request may still take effect.</param>
    /// <param name="detail">Why, in words for the client.</param>
    /// <param name="id">The id of the timer that the request would have created, so that the client can check later.</param>
    public static ProblemHttpResult Unavailable(WriteOutcome outcome, string detail, string? id = null)
    {
        var extensions = new Dictionary<string, object?> { ["outcome"] = outcome == WriteOutcome.Refused ? "refused" : "unknown" };
        if (id is not null)
        {
            extensions["id"] = id;
        }

        return TypedResults.Problem(
            title: "The service is unavailable.",
            detail: detail,
            statusCode: StatusCodes.Status503ServiceUnavailable,
            extensions: extensions);
    }
}
