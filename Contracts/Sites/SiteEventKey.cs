using System.Security.Cryptography;
using System.Text;

namespace Contracts.Sites;

/// <summary>Keys of events within their site.</summary>
public static class SiteEventKey
{
    /// <summary>
    /// The id itself if it is a UUID, so that those that the service gives follow each other; else 128 bits of its hash.
    /// </summary>
    /// <param name="eventId">The event's id.</param>
    /// <param name="isUuid">Whether the id can be read from the key.</param>
    public static Guid Of(string eventId, out bool isUuid)
    {
        isUuid = Guid.TryParseExact(eventId, "D", out var uuid) && !eventId.AsSpan().ContainsAnyInRange('A', 'Z');
        return isUuid ? uuid : new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(eventId)).AsSpan(0, 16), bigEndian: true);
    }
}
