using System.Buffers;

namespace Contracts.Common;

/// <summary>
/// The owner of data. The tenant comes first in every row key, index, message, cache key, cursor and live feed (docs/adr/0012-tenants.md).
/// </summary>
public static class Tenant
{
    /// <summary>How a tenant may be called.</summary>
    public const string Pattern = "^[a-z0-9][a-z0-9_-]{0,63}$";

    /// <summary>The tenant of callers without a key, and of keys that name no other; data stored without a tenant belongs to it.</summary>
    public const string Default = "default";

    /// <summary>Maximum length of a tenant's name, in characters.</summary>
    public const int MaxLength = 64;

    private static readonly SearchValues<char> Characters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary>Whether a tenant may be called that, as <see cref="Pattern"/> says.</summary>
    public static bool IsValid(ReadOnlySpan<char> name) =>
        name.Length is > 0 and <= MaxLength && name[0] is not ('_' or '-') && !name.ContainsAnyExcept(Characters);
}
