using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace Producer.Http;

/// <summary>A timer's version as a strong ETag, and If-Match against it (RFC 9110 §13.1.1).</summary>
internal static class EntityTags
{
    public static string Of(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>Reads If-Match. Null for "any version".</summary>
    /// <returns>False when the header cannot be read.</returns>
    public static bool TryReadIfMatch(HttpRequest request, out IReadOnlyList<long>? versions)
    {
        versions = null;
        var header = request.Headers.IfMatch;
        if (header.Count == 0)
        {
            return true;
        }

        if (!EntityTagHeaderValue.TryParseList(header, out var tags))
        {
            return false;
        }

        if (tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any)))
        {
            return true;
        }

        // A weak or foreign tag is well formed and simply matches nothing.
        versions = [.. tags.Select(tag => !tag.IsWeak
            && long.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : -1)];
        return true;
    }
}
