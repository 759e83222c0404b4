using Contracts.Common;

namespace Contracts.Messaging;

/// <summary>Looks up what the store knows about an accepted message, for one topic.</summary>
public interface IEventTracker
{
    /// <summary>The topic.</summary>
    string Topic { get; }

    /// <summary>What the store knows; null if it is not applied yet or no longer remembered.</summary>
    /// <exception cref="Storage.StoreUnavailableException">No answer.</exception>
    Task<TrackedEvent?> FindAsync(TrackingId id, CancellationToken cancellationToken);

    /// <summary>
    /// Why the store has nothing of a message that the log is past; null if there is nothing to say, as of what was purged or erased.
    /// </summary>
    /// <exception cref="Storage.StoreUnavailableException">No answer.</exception>
    Task<string?> ExplainAsync(TrackingId id, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <summary>
    /// The message key behind a tracking id without a position, so that the log can be asked; null where it is not known.
    /// </summary>
    string? LogKeyOf(TrackingId id) => null;

    /// <summary>
    /// The tracking id of a dead letter's message when it is replayed on a log without positions; null where the store cannot tell whether
    /// it is applied.
    /// </summary>
    /// <param name="letter">Its content is a valid message of its type.</param>
    TrackingId? IdOf(DeadLetter letter) => null;

    /// <summary>A tracking id in a form of the slice's own, such as one that an earlier release gave; null for any other text.</summary>
    TrackingId? Recognize(string tenant, string text) => null;
}

/// <summary>What the store knows of an accepted message.</summary>
/// <param name="State">Applied or a duplicate.</param>
/// <param name="Location">The address of what it created or repeated; null if there is none.</param>
public sealed record TrackedEvent(TrackedState State, string? Location);
