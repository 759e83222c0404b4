using Contracts.Messaging;
using Contracts.Storage;

namespace Producer.Events;

/// <summary>Finds what events belong to; says that there is none only when everything that was accepted of it has been applied.</summary>
internal static class AppliedReads
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1);

    /// <summary>Finds one.</summary>
    /// <param name="progress">Of the log that carries its events.</param>
    /// <param name="key">The key of their messages.</param>
    /// <param name="thing">What it is, for the error.</param>
    /// <param name="findAsync">Asks the store.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>Null if there is none.</returns>
    /// <exception cref="StoreUnavailableException">The store did not reply, or the Consumers are behind.</exception>
    /// <exception cref="LogUnavailableException">There is none in the store, and the log cannot be asked.</exception>
    public static async Task<TFound?> FindAsync<TFound>(
        ILogProgress progress, string key, string thing, Func<Task<TFound?>> findAsync, CancellationToken cancellationToken)
        where TFound : class =>
        await findAsync() is { } found ? found
        : await progress.WaitUntilAppliedAsync(key, MaxWait, cancellationToken) ? await findAsync()
        : throw new StoreUnavailableException(WriteOutcome.Refused, $"What was accepted of this {thing} is yet to be stored.");

    /// <summary>Waits until everything has been applied that was accepted under some keys.</summary>
    /// <param name="progress">Of the log that carries their messages.</param>
    /// <param name="keys">The keys of the messages.</param>
    /// <param name="things">What they belong to, for the error.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="StoreUnavailableException">The Consumers are behind.</exception>
    /// <exception cref="LogUnavailableException">The log cannot be asked.</exception>
    public static async Task WaitAsync(
        ILogProgress progress, IEnumerable<string> keys, string things, CancellationToken cancellationToken)
    {
        var waits = await Task.WhenAll(keys.Select(key => progress.WaitUntilAppliedAsync(key, MaxWait, cancellationToken)));
        if (waits.Contains(false))
        {
            throw new StoreUnavailableException(WriteOutcome.Refused, $"What was accepted of these {things} is yet to be stored.");
        }
    }
}
