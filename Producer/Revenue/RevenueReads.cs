using Contracts.Messaging;
using Contracts.Revenue;
using Contracts.Storage;
using Producer.Events;

namespace Producer.Revenue;

/// <summary>Finds users; says that there is none only when everything that was accepted of it has been applied.</summary>
internal sealed class RevenueReads(IRevenueStore store, ILogProgress<RevenueReceived> progress)
{
    /// <returns>Null if there is none.</returns>
    /// <exception cref="StoreUnavailableException">The store did not reply, or the Consumers are behind.</exception>
    /// <exception cref="LogUnavailableException">There is none in the store, and the log cannot be asked.</exception>
    public Task<RevenueUser?> FindAsync(string tenant, string user, CancellationToken cancellationToken) => AppliedReads.FindAsync(
        progress, user, "user", () => store.FindAsync(tenant, user, cancellationToken), cancellationToken);
}
