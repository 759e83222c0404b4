using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Contracts.Common;

namespace Producer.Http;

/// <summary>
/// Ties a listing's cursor to its tenant, so that another tenant's cursor is refused rather than misread.
/// </summary>
/// <remarks>
/// A cursor of the default tenant is used as it is, as in the first release; others end in a checksum. It guards against mistakes and
/// keeps nothing secret: a listing only contains the caller's rows, whatever the cursor says.
/// </remarks>
internal static class TenantCursors
{
    private const char Separator = '.';
    private const int CheckBytes = 4;

    /// <summary>The cursor as a client is given it.</summary>
    /// <param name="tenant">The tenant that it belongs to.</param>
    /// <param name="cursor">Without a full stop.</param>
    public static string Seal(string tenant, string cursor) =>
        tenant == Tenant.Default ? cursor : $"{cursor}{Separator}{CheckOf(tenant, cursor)}";

    /// <summary>The cursor as it was sealed; false when it is not this tenant's.</summary>
    public static bool TryOpen(string tenant, string text, [NotNullWhen(true)] out string? cursor)
    {
        var end = text.LastIndexOf(Separator);
        cursor = end < 0 ? text : text[..end];
        return text == Seal(tenant, cursor);
    }

    /// <summary>The cursor that is a text, such as the last id of a page.</summary>
    public static string SealText(string tenant, string text) => Seal(tenant, Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)));

    /// <summary>The text of a cursor; null without one, or if it is none of this tenant's.</summary>
    public static string? ReadText(string tenant, string? cursor, FieldErrors errors)
    {
        if (cursor is null)
        {
            return null;
        }

        try
        {
            if (TryOpen(tenant, cursor, out var hex) && hex.Length > 0)
            {
                return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Convert.FromHexString(hex));
            }
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            // Below.
        }

        errors.Add("cursor", "must be the next of a previous page");
        return null;
    }

    private static string CheckOf(string tenant, string cursor) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant}\0{cursor}")).AsSpan(0, CheckBytes));
}
