using Contracts.Messaging;
using Contracts.Sites;
using Contracts.Storage;

namespace Producer.Sites;

/// <summary>Finds sites; says that there is none only when everything that was accepted of it has been applied.</summary>
internal sealed class SiteReads(ISiteStore store, ILogProgress<SiteEventsReceived> progress)
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1);

    /// <returns>Null if there is none.</returns>
    /// <exception cref="StoreUnavailableException">The store did not reply, or the Consumers are behind.</exception>
    /// <exception cref="LogUnavailableException">There is none in the store, and the log cannot be asked.</exception>
    public async Task<SiteRecord?> FindAsync(string tenant, string site, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(tenant, site, cancellationToken) is { } found)
        {
            return found;
        }

        return await progress.WaitUntilAppliedAsync(site, MaxWait, cancellationToken)
            ? await store.FindAsync(tenant, site, cancellationToken)
            : throw new StoreUnavailableException(WriteOutcome.Refused, "What was accepted of this site is yet to be stored.");
    }
}
