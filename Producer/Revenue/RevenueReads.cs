using Contracts.Messaging;
using Contracts.Revenue;
using Contracts.Storage;

namespace Producer.Revenue;

/// <summary>Finds users; says that there is none only when everything that was accepted of it has been applied.</summary>
internal sealed class RevenueReads(IRevenueStore store, ILogProgress<RevenueReceived> progress)
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1);

    /// <returns>Null if there is none.</returns>
    /// <exception cref="StoreUnavailableException">The store did not reply, or the Consumers are behind.</exception>
    /// <exception cref="LogUnavailableException">There is none in the store, and the log cannot be asked.</exception>
    public async Task<RevenueUser?> FindAsync(string tenant, string user, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(tenant, user, cancellationToken) is { } found)
        {
            return found;
        }

        return await progress.WaitUntilAppliedAsync(user, MaxWait, cancellationToken)
            ? await store.FindAsync(tenant, user, cancellationToken)
            : throw new StoreUnavailableException(WriteOutcome.Refused, "What was accepted of this user is yet to be stored.");
    }
}
