using Microsoft.AspNetCore.Http.Features;

namespace Producer.Http;

/// <summary>
/// The last part of a path as the client meant it. Routing unescapes all of it but %2F, so that a/b and a%2Fb arrive alike; the request's
/// target tells them apart.
/// </summary>
internal static class PathText
{
    /// <summary>
    /// A part of a path as the client meant it, where no such text has %2F in it (<c>EventRules.PathProblem</c>), so that this is
    /// unambiguous: routing leaves a slash as it was escaped.
    /// </summary>
    public static string Unescape(string routed) => routed.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>The text of the last part.</summary>
    /// <param name="context">The HTTP context of the request.</param>
    /// <param name="routed">The same part as routing has it.</param>
    /// <returns>Null if the target cannot tell, as behind something that has rewritten the path.</returns>
    public static string? Last(HttpContext context, string routed)
    {
        if (!routed.Contains("%2F", StringComparison.OrdinalIgnoreCase))
        {
            return routed;
        }

        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? string.Empty;
        var path = target.AsSpan(0, target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var end ? end : target.Length).TrimEnd('/');
        var meant = Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]);
        return Unescape(meant) == Unescape(routed) ? meant : null;
    }
}
