using Contracts.Messaging;
using Contracts.Sites;
using Contracts.Storage;
using Producer.Events;

namespace Producer.Sites;

/// <summary>Finds sites; says that there is none only when everything that was accepted of it has been applied.</summary>
internal sealed class SiteReads(ISiteStore store, ILogProgress<SiteEventsReceived> progress)
{
    /// <returns>Null if there is none.</returns>
    /// <exception cref="StoreUnavailableException">The store did not reply, or the Consumers are behind.</exception>
    /// <exception cref="LogUnavailableException">There is none in the store, and the log cannot be asked.</exception>
    public Task<SiteRecord?> FindAsync(string tenant, string site, CancellationToken cancellationToken) => AppliedReads.FindAsync(
        progress, site, "site", () => store.FindAsync(tenant, site, cancellationToken), cancellationToken);
}
