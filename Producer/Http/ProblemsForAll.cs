using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace Producer.Http;

/// <summary>
/// Writes problems for clients whose Accept names neither JSON nor anything: the default writer would leave them without a reason.
/// </summary>
internal sealed class ProblemsForAll(IOptions<ProblemDetailsOptions> options) : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var (http, problem) = (context.HttpContext, context.ProblemDetails);
        problem.Status ??= http.Response.StatusCode;
        problem.Title ??= ReasonPhrases.GetReasonPhrase(problem.Status.Value);
        options.Value.CustomizeProblemDetails?.Invoke(context);
        await http.Response.WriteAsJsonAsync(problem, HttpJson.Http.ProblemDetails, "application/problem+json", http.RequestAborted);
    }
}
