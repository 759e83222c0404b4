using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Producer.Items;

/// <summary>The ids of users, base items and items.</summary>
internal static class ItemIds
{
    public const string User = "user";
    public const string BaseItem = "base-item";
    public const string Item = "item";

    /// <summary>
    /// The id of what an event creates: the event's own if that is a UUID, as those are that the service gives; else a UUID of version 8
    /// (RFC 9562 §5.8) that is made of it, so that an event that is repeated creates the same.
    /// </summary>
    /// <param name="kind">What it creates: other kinds have other ids.</param>
    /// <param name="eventId">The event's id.</param>
    public static Guid Of(string kind, string eventId)
    {
        if (TryRead(eventId, out var id) && id != Guid.Empty)
        {
            return id;
        }

        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes($"{kind} {eventId}")).AsSpan(0, 16);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Reads an id in its usual form, of 32 digits in groups.</summary>
    public static bool TryRead([NotNullWhen(true)] string? text, out Guid id) => Guid.TryParseExact(text, "D", out id);
}
