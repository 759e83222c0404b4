using Microsoft.AspNetCore.Http.HttpResults;

namespace Producer.Timers;

/// <summary>Errors that only timers have.</summary>
internal static class TimerProblems
{
    public static ProblemHttpResult NotFound(string id) => TypedResults.Problem(
        title: "There is no such timer.", detail: $"No timer has the id '{id}'.", statusCode: StatusCodes.Status404NotFound);

    public static ProblemHttpResult Conflict(string detail) => TypedResults.Problem(
        title: "The timer does not allow that now.", detail: detail, statusCode: StatusCodes.Status409Conflict);

    public static ProblemHttpResult KeyUsed(string id) => TypedResults.Problem(
        title: "The key is in use.",
        detail: $"Another request with different content has created the timer '{id}' under this key.",
        statusCode: StatusCodes.Status409Conflict);

    public static ProblemHttpResult PreconditionFailed(string id) => TypedResults.Problem(
        title: "The timer has changed.",
        detail: $"The timer '{id}' is no longer what If-Match names. Read it again.",
        statusCode: StatusCodes.Status412PreconditionFailed);
}
