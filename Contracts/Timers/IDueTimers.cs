namespace Contracts.Timers;

/// <summary>The stored timers of all tenants, as the Runner sees them: due timers, and their outcomes.</summary>
/// <remarks>
/// Unavailability is reported as in <see cref="ITimerStore"/>. All later writes about a claim are compare-and-set on its token.
/// </remarks>
public interface IDueTimers
{
    /// <summary>
    /// Claims scheduled timers in due order: a compare-and-set on state and due instant that returns the rows as they now are. One that has
    /// expired is claimed like any other, and must be handed back instead of sent, which ends it.
    /// </summary>
    Task<IReadOnlyList<ClaimedTimer>> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken);

    /// <summary>How many timers a claim could be given, counted up to its limit.</summary>
    Task<int> CountDueAsync(ClaimRequest request, CancellationToken cancellationToken);

    /// <summary>Marks armed timers as about to be sent (park policy). Only a marked one may be sent.</summary>
    /// <returns>Those that were marked; the others' claims are no longer in force.</returns>
    Task<IReadOnlyList<ClaimedTimer>> MarkSendingAsync(IReadOnlyList<ClaimedTimer> timers, CancellationToken cancellationToken);

    /// <summary>
    /// Writes attempts and what they mean for their timers, by the rules of <see cref="ClaimSettlement"/>. May be repeated.
    /// </summary>
    Task RecordAsync(IReadOnlyList<AttemptOutcome> outcomes, CancellationToken cancellationToken);

    /// <summary>Hands claimed timers back unsent, to be offered again at <c>NextAt</c> but never sooner than before.</summary>
    Task HandBackAsync(IReadOnlyList<HandBack> timers, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Ends paused timers that have expired (<see cref="ClaimSettlement.Expired"/>). Those that are scheduled fall due at their expiry at
    /// the latest, and end when they are handed back.
    /// </summary>
    /// <param name="now">The instant at which they end.</param>
    /// <param name="limit">Maximum number, at least 1.</param>
    /// <param name="cancellationToken">Stops the waiting; some may have ended then.</param>
    /// <returns>Those that ended, as they are now; fewer than <paramref name="limit"/> does not mean that none is left.</returns>
    Task<IReadOnlyList<TimerRecord>> ExpireAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Takes back every claim of Runners that are gone: those without a live lease or, if there can only be one, the previous one.
    /// </summary>
    /// <param name="now">The instant at which they are taken back.</param>
    /// <param name="tenants">
    /// Gets the tenants whose timers have changed, or may have when this throws; null if nobody asks for them.
    /// </param>
    /// <param name="cancellationToken">Stops the waiting; some may be taken back then.</param>
    /// <returns>How many were taken back.</returns>
    Task<int> ReclaimAsync(DateTimeOffset now, ISet<string>? tenants, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes finished timers, their attempts and tags with them, oldest first, and forgets erased ones
    /// (<see cref="ITimerStore.TryEraseAsync"/>).
    /// </summary>
    /// <param name="finishedBefore">Only those that finished, or were erased, before this.</param>
    /// <param name="limit">Maximum number, at least 1.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>How many were deleted or forgotten; fewer than <paramref name="limit"/> when none is left.</returns>
    Task<int> PurgeAsync(DateTimeOffset finishedBefore, int limit, CancellationToken cancellationToken);

    /// <summary>The store's own maintenance, in one small step.</summary>
    /// <returns>True when more remains to be done at once.</returns>
    Task<bool> MaintainAsync(DateTimeOffset now, CancellationToken cancellationToken);
}
