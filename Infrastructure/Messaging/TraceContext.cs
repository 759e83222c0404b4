using System.Diagnostics;

namespace Infrastructure.Messaging;

/// <summary>The trace context that messages carry across the log, and timers to their webhooks.</summary>
public static class TraceContext
{
    /// <summary>
    /// The W3C context of the request under way; null if nobody follows its trace, so that it takes no space in the log and the store.
    /// </summary>
    public static string? Current =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity && (activity.Recorded || activity.HasRemoteParent)
        ? activity.Id
        : null;
}
