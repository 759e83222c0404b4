using Contracts.Common;

namespace Producer.Revenue;

/// <summary>The addresses of revenue.</summary>
internal static class RevenueRoutes
{
    public const string Root = "/api/v1/revenue";

    public static string Of(string user) => $"{Root}/users/{Uri.EscapeDataString(user)}";

    /// <summary>The page of a user's ledger that begins with an instant.</summary>
    public static string OfEntry(string user, long at) =>
        $"{Of(user)}/events?from={Uri.EscapeDataString(ShortInstant.ToString(TickTime.ToInstant(at)))}&limit=1";

    public static string OfType(string name) => $"{Root}/event-types/{Uri.EscapeDataString(name)}";
}
