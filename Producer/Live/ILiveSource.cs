namespace Producer.Live;

/// <summary>What a slice streams: the current state by key. Its writers note on the feed which keys have changed.</summary>
internal interface ILiveSource
{
    /// <summary>The feed's name.</summary>
    string Feed { get; }

    /// <summary>Tells sources apart that read one feed in different ways; each has a reader of its own.</summary>
    string Name => Feed;

    /// <summary>Whether one value says everything: it is read once for each change, whichever keys that has.</summary>
    bool IsWhole => false;

    /// <summary>Minimum pause between two reads of what has changed; what changes meanwhile is read together. Default: none.</summary>
    TimeSpan Pace => TimeSpan.Zero;

    /// <summary>
    /// After how long a key that is watched by itself is read again though nothing has changed it, as where its state depends on the time;
    /// null for never.
    /// </summary>
    TimeSpan? Refresh => null;

    /// <summary>The state of these keys now, one value for each or, where a key stands for several states, for each of them.</summary>
    /// <param name="tenant">The tenant whose data it is about.</param>
    /// <param name="keys">At most 1,000.</param>
    /// <param name="isWatched">Whether somebody watches this key by itself, and may be told more of it.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    Task<IReadOnlyList<LiveValue>> ReadAsync(
        string tenant, IReadOnlyList<string> keys, Func<string, bool> isWatched, CancellationToken cancellationToken);

    /// <summary>The state of everything that a filter of more than one key lets through, in pages.</summary>
    IAsyncEnumerable<IReadOnlyList<LiveValue>> ReadAllAsync(string tenant, LiveFilter filter, CancellationToken cancellationToken);
}
