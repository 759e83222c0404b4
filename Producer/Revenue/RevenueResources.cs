using Contracts.Common;
using Contracts.Revenue;

namespace Producer.Revenue;

/// <summary>A user with the balances.</summary>
internal sealed record RevenueUserResource
{
    /// <summary>The user's id.</summary>
    public required string Id { get; init; }

    /// <summary>One for each currency that the user has entries of, in the order of the currencies' names.</summary>
    public required IReadOnlyList<RevenueBalanceResource> Balances { get; init; }

    /// <summary>When something of the user arrived last.</summary>
    public required DateTimeOffset LastSeenAt { get; init; }

    /// <summary>The user's last ten entries, the latest first; in live streams.</summary>
    public IReadOnlyList<LedgerEntryResource>? Recent { get; init; }

    public static RevenueUserResource From(RevenueUser user) => new()
    {
        Id = user.Id,
        Balances = [.. user.Balances.Select(each => new RevenueBalanceResource(each.Currency, each.Total.ToString(), each.Events))],
        LastSeenAt = user.LastSeenAt,
    };
}

/// <summary>What a user's entries of one currency add up to.</summary>
/// <param name="Currency">The currency.</param>
/// <param name="Total">Their sum, an exact decimal number as text.</param>
/// <param name="Events">Number of events and adjustments.</param>
internal sealed record RevenueBalanceResource(string Currency, string Total, long Events);

/// <summary>A page of users.</summary>
/// <param name="Items">In the order of their ids.</param>
/// <param name="Next">The cursor for the next page; missing on the last one.</param>
internal sealed record RevenueUserList(IReadOnlyList<RevenueUserResource> Items, string? Next);

/// <summary>An entry of a user's ledger: an event or an adjustment.</summary>
internal sealed record LedgerEntryResource
{
    /// <summary>Its id.</summary>
    public required string EventId { get; init; }

    /// <summary>When it occurred.</summary>
    public required string Timestamp { get; init; }

    /// <summary>What it added to the balance, an exact decimal number as text; below 0 for what was subtracted.</summary>
    public required string Amount { get; init; }

    /// <summary>Its currency.</summary>
    public required string Currency { get; init; }

    /// <summary>The event's name; missing for an adjustment.</summary>
    public string? Name { get; init; }

    /// <summary>The id of the event that it corrects; missing for an event.</summary>
    public string? Original { get; init; }

    /// <summary>Why it was corrected.</summary>
    public string? Reason { get; init; }

    /// <summary>When it was received.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The recorded part of the client's address.</summary>
    public string? Address { get; init; }

    public static LedgerEntryResource From(LedgerEntry entry) => new()
    {
        EventId = entry.EventId,
        Timestamp = ShortInstant.ToString(TickTime.ToInstant(entry.At)),
        Amount = entry.Effect.ToString(),
        Currency = entry.Currency,
        Name = entry.Name,
        Original = entry.Original,
        Reason = entry.Reason,
        ReceivedAt = entry.ReceivedAt,
        Address = entry.Address,
    };
}

/// <summary>A page of a ledger.</summary>
/// <param name="Items">In time order, or from the latest on.</param>
/// <param name="Next">The cursor for the next page; missing on the last one.</param>
internal sealed record LedgerEntryList(IReadOnlyList<LedgerEntryResource> Items, string? Next);
