using Infrastructure.Hosting;
using Microsoft.AspNetCore.Diagnostics;

namespace Producer.Http;

/// <summary>
/// Metadata of routes whose errors have a shape of their own instead of that of problem details, as the seeds' routes do: whatever goes
/// wrong, defects included, is answered in it.
/// </summary>
/// <param name="Answer">The answer with a status and, in words for the client, what is wrong.</param>
internal sealed record ErrorShape(Func<HttpContext, int, string, IResult> Answer)
{
    /// <summary>What clients are told of a defect, as the seeds did.</summary>
    public const string Defect = "Internal server error";

    /// <summary>The shape of the route that a request is for; null for that of problem details.</summary>
    public static ErrorShape? Of(HttpContext context) =>
        (context.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? context.GetEndpoint())?.Metadata.GetMetadata<ErrorShape>();

    /// <summary>The same for what is refused before a route sees it.</summary>
    internal sealed class OfRefusals : IRefusalShape
    {
        IResult? IRefusalShape.Find(HttpContext context, int status, string detail) =>
            ErrorShape.Of(context)?.Answer(context, status, detail);
    }
}
