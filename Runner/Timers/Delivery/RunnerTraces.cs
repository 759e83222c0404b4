using System.Diagnostics;
using Contracts.Timers;

namespace Runner.Timers.Delivery;

/// <summary>Spans of a timer's delivery, in the trace of the request that created it.</summary>
internal static class RunnerTraces
{
    private static readonly ActivitySource Source = new("timers.runner");

    /// <summary>Records that timers have been claimed.</summary>
    /// <param name="timers">The claimed timers.</param>
    /// <param name="started">When the claim began, by this machine's clock.</param>
    public static void Claimed(IReadOnlyList<ClaimedTimer> timers, DateTimeOffset started)
    {
        if (!Source.HasListeners())
        {
            return;
        }

        foreach (var timer in timers)
        {
            if (ActivityContext.TryParse(timer.Spec.TraceParent, traceState: null, isRemote: true, out var parent))
            {
                Source.StartActivity("claim timer", ActivityKind.Internal, parent, Tags(timer), links: null, started)?.Dispose();
            }
        }
    }

    /// <summary>
    /// Starts an attempt. While it lasts it is the current activity, whose context the webhook carries as <c>traceparent</c>.
    /// </summary>
    /// <returns>Dispose it when the outcome is known; null for a timer without a trace.</returns>
    public static Activity? StartFire(ClaimedTimer timer)
    {
        if (!ActivityContext.TryParse(timer.Spec.TraceParent, traceState: null, isRemote: true, out var parent))
        {
            return null;
        }

        // The receiver can continue the trace even if this service exports no spans.
        return Source.StartActivity("fire timer", ActivityKind.Internal, parent, Tags(timer))
            ?? new Activity("fire timer").SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags).Start();
    }

    private static TagList Tags(ClaimedTimer timer) => new()
    {
        { "timer.id", timer.Id },
        { "timer.occurrence", timer.Occurrence },
        { "timer.attempt", timer.Attempt },
    };
}
