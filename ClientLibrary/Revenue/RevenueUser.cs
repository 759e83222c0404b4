using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClientLibrary.Revenue;

/// <summary>A user with the balances.</summary>
public sealed record RevenueUser
{
    /// <summary>The user's id.</summary>
    public required string Id { get; init; }

    /// <summary>One for each currency, in the order of their names.</summary>
    public required IReadOnlyList<RevenueBalance> Balances { get; init; }

    /// <summary>When something of the user arrived last.</summary>
    public DateTimeOffset LastSeenAt { get; init; }
}

/// <summary>What a user's entries of one currency add up to.</summary>
/// <param name="Currency">The currency.</param>
/// <param name="Total">Their sum: an exact decimal number, as text because it may have more digits than <see cref="decimal"/>.</param>
/// <param name="Events">Number of events and adjustments.</param>
public sealed record RevenueBalance(string Currency, string Total, long Events);

/// <summary>An entry of a user's ledger: an event or an adjustment.</summary>
public sealed record RevenueEntry
{
    /// <summary>Its id.</summary>
    public required string EventId { get; init; }

    /// <summary>When it occurred.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>What it added to the balance: an exact decimal number as text, below 0 for what was subtracted.</summary>
    public required string Amount { get; init; }

    /// <summary>Its currency.</summary>
    public required string Currency { get; init; }

    /// <summary>The event's name; null for an adjustment.</summary>
    public string? Name { get; init; }

    /// <summary>The id of the event that it corrects; null for an event.</summary>
    public string? Original { get; init; }

    /// <summary>Why it was corrected.</summary>
    public string? Reason { get; init; }

    /// <summary>When it was received.</summary>
    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>All other fields.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}

/// <summary>Which entries of a ledger to list; without conditions all of them.</summary>
public sealed record LedgerQuery
{
    /// <summary>From this instant on.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>To before this instant.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Whether the latest entry comes first.</summary>
    public bool LatestFirst { get; init; }

    /// <summary>Size of a page, 1 to 1,000. Default 50.</summary>
    public int? Limit { get; init; }

    /// <summary>The <see cref="Page{T}.Next"/> of the page before; null for the first one.</summary>
    public string? Cursor { get; init; }
}
