namespace Contracts.Common;

/// <summary>
/// Whose data it is. The tenant leads every row key, index, message, cache key, cursor and live feed (docs/adr/0012-tenants.md).
/// </summary>
public static class Tenant
{
    /// <summary>The one tenant there is until keys name others; what was stored without a tenant belongs to it.</summary>
    public const string Default = "default";

    /// <summary>Characters of a tenant's name at most.</summary>
    public const int MaxLength = 64;
}
