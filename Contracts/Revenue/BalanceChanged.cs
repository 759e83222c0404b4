namespace Contracts.Revenue;

/// <summary>A user's balances may have changed, for others. Published at least once.</summary>
/// <param name="User">The user's id.</param>
/// <param name="What">received, adjusted or erased.</param>
/// <param name="Position">The position of the message behind it: repetitions have the same one.</param>
/// <param name="Balances">The user's balances, as they were soon after, at most 500 of them; none of an erased user.</param>
/// <param name="ReceivedAt">When that message was received, UTC.</param>
public sealed record BalanceChanged(
    string User, string What, string Position, IReadOnlyList<RevenueBalance> Balances, DateTimeOffset ReceivedAt)
{
    /// <summary>Maximum number of balances that are told.</summary>
    public const int MaxBalances = 500;
}
