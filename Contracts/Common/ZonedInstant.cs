namespace Contracts.Common;

/// <summary>
/// The suffix of RFC 9557 behind an instant: <c>2030-07-01T10:00:00+02:00[Europe/Paris]</c>. The offset says which instant it is; the zone
/// must agree with it, since otherwise one of them is wrong and nobody knows which.
/// </summary>
internal static class ZonedInstant
{
    /// <summary>Cuts the suffix off.</summary>
    /// <param name="text">An instant, with or without one.</param>
    /// <param name="zone">The zone's name, or an offset such as <c>+02:00</c>; empty without.</param>
    /// <returns>What stands before it; null where the brackets are malformed or hold what must not be ignored.</returns>
    public static bool TryCut(ref ReadOnlySpan<char> text, out ReadOnlySpan<char> zone)
    {
        zone = default;
        var rest = text;
        var start = text.IndexOf('[');
        if (start < 0)
        {
            return true;
        }

        text = text[..start];
        for (rest = rest[start..]; !rest.IsEmpty;)
        {
            var end = rest.IndexOf(']');
            if (rest[0] != '[' || end < 2)
            {
                return false;
            }

            var tag = rest[1..end];
            rest = rest[(end + 1)..];
            var isCritical = tag[0] == '!';
            tag = isCritical ? tag[1..] : tag;
            if (!tag.Contains('='))
            {
                // There is one zone, and it stands first.
                if (!zone.IsEmpty || tag.IsEmpty)
                {
                    return false;
                }

                zone = tag;
            }
            else if (isCritical)
            {
                // Such as a calendar, [!u-ca=hebrew], that nobody here knows.
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a zone has an offset at an instant. Z says nothing of the zone (RFC 9557 §2).</summary>
    /// <param name="zone">Its IANA name, or an offset.</param>
    /// <param name="instant">The instant.</param>
    /// <param name="offset">As it was written; null for Z.</param>
    /// <returns>False, too, for a zone that is not known.</returns>
    public static bool Agrees(ReadOnlySpan<char> zone, DateTimeOffset instant, TimeSpan? offset)
    {
        if (zone[0] is '+' or '-')
        {
            return Rfc3339.TryOffset(zone, out var fixedOffset) && (offset is null || offset == fixedOffset);
        }

        return TimeZoneInfo.TryFindSystemTimeZoneById(zone.ToString(), out var found)
            && (offset is null || found.GetUtcOffset(instant) == offset);
    }
}
