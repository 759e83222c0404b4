using System.Globalization;
using Contracts.Common;
using Producer.Http;

namespace Producer.Events;

/// <summary>Cursors of listings in time order, where several entries may have one instant.</summary>
internal static class EntryCursors
{
    /// <summary>The cursor of the page after an entry.</summary>
    public static string Seal(string tenant, long at, string id) =>
        TenantCursors.SealText(tenant, string.Create(CultureInfo.InvariantCulture, $"{at:x} {id}"));

    /// <summary>The entry that a page comes after; null without a cursor, or if it is none of this tenant's.</summary>
    public static (long At, string Id)? Read(string tenant, string? cursor, FieldErrors errors)
    {
        if (TenantCursors.ReadText(tenant, cursor, errors) is not { } text)
        {
            return null;
        }

        var end = text.IndexOf(' ', StringComparison.Ordinal);
        if (end > 0 && end < text.Length - 1
            && long.TryParse(text.AsSpan(0, end), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var at)
            && TickTime.IsValid(at))
        {
            return (at, text[(end + 1)..]);
        }

        errors.Add("cursor", "must be the next of a previous page");
        return null;
    }
}
