namespace Contracts.Live;

/// <summary>
/// Tells watchers what has changed, not how: they read the current state. Neither waits nor fails, so that it can stand beside any write;
/// what is noted within a moment is sent as one change.
/// </summary>
public interface ILiveNotices
{
    /// <summary>Notes that what is stored under a key has changed. To be called when the change can be read.</summary>
    /// <param name="tenant">The tenant that it belongs to.</param>
    /// <param name="feed">The feed's name, at most 100 characters.</param>
    /// <param name="key">What has changed.</param>
    /// <param name="left">Groups that it has left, such as tags: their watchers have to forget it. Null for none.</param>
    void Note(string tenant, string feed, string key, IReadOnlyCollection<string>? left = null);

    /// <summary>Notes that anything of a feed may have changed: watchers read all they show anew.</summary>
    /// <param name="tenant">The tenant that it belongs to.</param>
    /// <param name="feed">The feed's name, at most 100 characters.</param>
    void NoteAll(string tenant, string feed);
}
