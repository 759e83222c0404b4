using Microsoft.AspNetCore.Http;

namespace Infrastructure.Hosting;

/// <summary>
/// Headers that every answer has, unless its route knows better: nothing is guessed to be of another type, kept by caches or proxies,
/// shown in frames, or run, and no address goes to another site.
/// </summary>
internal static class SafeHeaders
{
    /// <summary>For answers that are data.</summary>
    private const string NoContent = "default-src 'none'; frame-ancestors 'none'";

    public static void Add(HttpResponse response)
    {
        var headers = response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers.ContentSecurityPolicy = NoContent;
    }
}
