using System.Diagnostics;

namespace Infrastructure.Caching;

/// <summary>Spans around writes to the cache, which are sent when the request that they belong to may have ended.</summary>
internal static class CacheTraces
{
    private static readonly ActivitySource Source = new("timers.cache");

    /// <summary>The trace that a write belongs to now; default if nobody is sent its spans.</summary>
    public static ActivityContext Current =>
        Source.HasListeners() && Activity.Current is { Recorded: true } current ? current.Context : default;

    /// <summary>Writes on their way to the cache. From here on the current activity is theirs, or none.</summary>
    /// <returns>Dispose it when the cache has them; null for writes without a trace.</returns>
    public static Activity? StartWrite(ActivityContext trace, int writes)
    {
        // Whoever sends them may be another request.
        Activity.Current = null;
        return trace == default ? null
            : Source.StartActivity("write cache", ActivityKind.Internal, trace, new TagList { { "cache.write_count", writes } });
    }
}
