using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Producer.Http;

namespace Producer.Events;

/// <summary>The ids of events: the client's own, its envelope's, its Idempotency-Key, or one that the service gives.</summary>
internal static class EventIds
{
    public const string Header = "Idempotency-Key";

    /// <summary>Maximum length of an event's id and of an Idempotency-Key, in characters.</summary>
    public const int MaxLength = 255;

    /// <summary>The request's key, which stands for the ids of its events.</summary>
    /// <param name="request">The HTTP request, of which only headers are read.</param>
    /// <param name="errors">Gets what is wrong, under the name of each field.</param>
    public static string? ReadKey(HttpRequest request, FieldErrors errors)
    {
        if (!request.Headers.TryGetValue(Header, out var values))
        {
            return null;
        }

        var key = values.ToString();
        if (values.Count == 1 && key.Length is > 0 and <= MaxLength && !key.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return key;
        }

        errors.Add(Header, $"must have 1 to {MaxLength} visible ASCII characters");
        return null;
    }

    /// <summary>
    /// The id of an event in an envelope. A source is a URI reference, in which spaces are escaped: so where it ends is unambiguous. One
    /// that is too long is replaced by its hash.
    /// </summary>
    /// <param name="source">The CloudEvent's source, a URI reference.</param>
    /// <param name="id">Unique within the source.</param>
    public static string OfEnvelope(string source, string id)
    {
        var joined = $"{source.Replace(" ", "%20", StringComparison.Ordinal)} {id}";
        return joined.Length <= MaxLength ? joined
            : $"sha256 {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(joined)))}";
    }

    /// <summary>The id of one event. One of the client's own goes before the request's key.</summary>
    /// <param name="item">The event, which is given the id.</param>
    /// <param name="key">The request's; null without one.</param>
    /// <param name="index">Its place in the request; null for one by itself.</param>
    /// <param name="now">For an id that the service gives, version 7 of UUIDs.</param>
    public static string Assign(EventItem item, string? key, int? index, DateTimeOffset now) =>
        item.EventId ??= item.Envelope?.EventId
            ?? (key is null ? Guid.CreateVersion7(now).ToString("D")
                : index is { } place ? string.Create(CultureInfo.InvariantCulture, $"{key}/{place}") : key);
}
