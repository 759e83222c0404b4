namespace Contracts.Revenue;

/// <summary>An entry that is yet to be archived.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="User">The user's id.</param>
/// <param name="Entry">The entry; null if it has been erased or purged meanwhile, so that there is nothing to archive.</param>
/// <param name="Mark">Names it in the store; opaque.</param>
public sealed record UnarchivedEntry(string Tenant, string User, LedgerEntry? Entry, string Mark);
