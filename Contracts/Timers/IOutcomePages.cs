namespace Contracts.Timers;

/// <summary>
/// Keeps outcomes, in the store that Runners share, from the moment they are known until their timers' rows say so: whoever takes over from
/// a Runner that was killed sends nothing again that it kept there.
/// </summary>
/// <remarks>
/// A page holds several outcomes and is one small write; the rows follow in bulk. What a page holds counts:
/// <see cref="IDueTimers.ReclaimAsync"/> writes the pages of a dead Runner into the store before it takes back its claims.
/// </remarks>
public interface IOutcomePages
{
    /// <summary>Adds a page.</summary>
    /// <param name="runner">The Runner that had claimed the timers.</param>
    /// <param name="outcomes">The outcomes of the page, at least one.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>The page's number, for <see cref="RemoveAsync"/>.</returns>
    /// <exception cref="Storage.StoreUnavailableException">It may be there all the same, which does no harm.</exception>
    Task<long> AddAsync(Guid runner, IReadOnlyList<AttemptOutcome> outcomes, CancellationToken cancellationToken);

    /// <summary>Removes pages whose outcomes are all in their timers' rows.</summary>
    Task RemoveAsync(Guid runner, IReadOnlyList<long> pages, CancellationToken cancellationToken);
}
