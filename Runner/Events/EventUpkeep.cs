using System.Collections.Concurrent;
using Contracts.Storage;

namespace Runner.Events;

/// <summary>Purges and compares one slice's events, step by step.</summary>
internal sealed partial class EventUpkeep(IStoreClock clock, EventMetrics metrics, DriftFindings findings, ILogger<EventUpkeep> logger)
{
    /// <summary>
    /// What is refused by its age is purged this much later: what was accepted at the last moment may wait on the log meanwhile.
    /// </summary>
    private static readonly TimeSpan PurgeDelay = TimeSpan.FromDays(1);

    /// <summary>Where the comparison of a slice goes on after a pass that ended early.</summary>
    private readonly ConcurrentDictionary<string, string?> cursors = new(StringComparer.Ordinal);

    /// <returns>How many rows were deleted.</returns>
    public async Task<long> PurgeAsync(IEventUpkeep slice, CancellationToken cancellationToken)
    {
        // Without a retention only what erasures have left over goes.
        var before = slice.Retention is { } kept ? clock.Now - kept - PurgeDelay : DateTimeOffset.MinValue;
        var deleted = 0L;
        string? after = null;
        do
        {
            var step = await slice.PurgeAsync(before, after, cancellationToken);
            deleted += step.Deleted;
            after = step.Next;
        }
        while (after is not null && !cancellationToken.IsCancellationRequested);

        metrics.Purged(slice.Slice, deleted);
        return deleted;
    }

    /// <summary>Compares all rollups once; tells of each that differs.</summary>
    /// <returns>How many differed.</returns>
    public async Task<int> CompareAsync(IEventUpkeep slice, CancellationToken cancellationToken)
    {
        var drifted = new List<string>();
        do
        {
            var report = await slice.RebuildAsync(cursors.GetValueOrDefault(slice.Slice), slice.Repairs, cancellationToken);
            cursors[slice.Slice] = report.Next;
            metrics.Checked(slice.Slice, report.Checked);
            foreach (var each in report.Drifted)
            {
                drifted.Add(each);
                metrics.Drifted(slice.Slice);
                LogDrift(slice.Slice, each, slice.Repairs ? "It was put right." : "It is left as it is.");
            }
        }
        while (cursors[slice.Slice] is not null && !cancellationToken.IsCancellationRequested);

        // What was put right is told until the next comparison, too: somebody should know.
        findings.Tell(slice.Slice, drifted);
        return drifted.Count;
    }

    [LoggerMessage(3211, LogLevel.Error, "{Slice}: {Difference} {Done}")]
    private partial void LogDrift(string slice, string difference, string done);
}
