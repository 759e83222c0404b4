using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Contracts.Sites;

/// <summary>Visitors as they are counted: 64 bits of SHA-256.</summary>
public static class VisitorHash
{
    private const int MaxBytes = 4 * SiteLimits.MaxUser;

    /// <summary>A user's.</summary>
    public static long OfUser(string user)
    {
        ArgumentNullException.ThrowIfNull(user);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        if (user.Length <= SiteLimits.MaxUser)
        {
            Span<byte> utf8 = stackalloc byte[MaxBytes];
            SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(user, utf8)], hash);
        }
        else
        {
            SHA256.HashData(Encoding.UTF8.GetBytes(user), hash);
        }

        return BinaryPrimitives.ReadInt64BigEndian(hash);
    }

    /// <summary>That of a visitor whom the site does not know, by a salt of at least 16 bytes.</summary>
    /// <param name="salt">The random salt of the day when they were there.</param>
    /// <param name="site">The site: on another one the same visitor is somebody else.</param>
    /// <param name="address">What of the client's address may be recorded; null for nothing.</param>
    /// <param name="userAgent">How its browser names itself; null if it does not.</param>
    /// <param name="day">The day that it was there, if that is not the salt's own; null if it is.</param>
    public static long OfAnonymous(ReadOnlySpan<byte> salt, string site, string? address, string? userAgent, DateOnly? day = null)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var other = day is { } known ? string.Create(CultureInfo.InvariantCulture, $"\0{known:yyyy-MM-dd}") : string.Empty;
        HMACSHA256.HashData(salt, Encoding.UTF8.GetBytes($"{site}\0{address}\0{userAgent}{other}"), hash);
        return BinaryPrimitives.ReadInt64BigEndian(hash);
    }

    /// <summary>Who did it; null if that is not counted.</summary>
    public static long? Of(SiteEvent siteEvent)
    {
        ArgumentNullException.ThrowIfNull(siteEvent);
        return siteEvent.User is { } user ? OfUser(user) : siteEvent.Visitor;
    }

    /// <summary>The kind of visitor who did it.</summary>
    public static VisitorKind KindOf(SiteEvent siteEvent)
    {
        ArgumentNullException.ThrowIfNull(siteEvent);
        return siteEvent.IsBot ? VisitorKind.Bot : siteEvent.User is null ? VisitorKind.Anonymous : VisitorKind.User;
    }
}
