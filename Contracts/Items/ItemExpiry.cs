namespace Contracts.Items;

/// <summary>Which transfers expire; instants are in 100 ns since 1970.</summary>
/// <param name="Before">
/// The days in UTC that end before it are purged, and no transfer of them is stored any more. It never goes back; one from before the year
/// 1 changes nothing.
/// </param>
/// <param name="Now">The present, from which on the ids of what is purged now are remembered.</param>
/// <param name="ForgetBefore">Ids of transfers that were purged before it are forgotten.</param>
public sealed record ItemExpiry(long Before, long Now, long ForgetBefore);
