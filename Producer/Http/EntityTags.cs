using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace Producer.Http;

/// <summary>A timer's version as a strong ETag, and conditions against it (RFC 9110 §13).</summary>
internal static class EntityTags
{
    public static string Of(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>Whether the client of a GET has this version already (RFC 9110 §13.1.2): then 304 is enough.</summary>
    public static bool IsKnown(HttpRequest request, string tag)
    {
        var header = request.Headers.IfNoneMatch;
        return header.Count > 0 && EntityTagHeaderValue.TryParseList(header, out var tags)
            && tags.Any(each => each.Equals(EntityTagHeaderValue.Any) || each.Tag.Equals(tag));
    }

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
