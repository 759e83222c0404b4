using System.Diagnostics;

namespace Infrastructure.Messaging;

/// <summary>Spans around the log, and the trace context that messages carry across it.</summary>
internal static class LogTraces
{
    private static readonly ActivitySource Source = new("timers.log");

    /// <summary>Messages on their way to the log.</summary>
    /// <returns>Dispose it when the log has them; null if nobody listens.</returns>
    public static Activity? StartSend(string topic, int messages) => Source.HasListeners()
        ? Source.StartActivity($"send {topic}", ActivityKind.Producer, default(ActivityContext), Tags(topic, messages))
        : null;

    /// <summary>A batch that is being applied: a span in each trace that one of its messages belongs to.</summary>
    /// <returns>Dispose it when the batch is done; null if nobody listens.</returns>
    public static IDisposable? StartProcess(string topic, IReadOnlyList<LogEntry> entries)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var spans = new List<Activity>();
        foreach (var trace in entries.GroupBy(entry => entry.TraceParent, StringComparer.Ordinal))
        {
            if (ActivityContext.TryParse(trace.Key, traceState: null, isRemote: true, out var parent)
                && Source.StartActivity($"process {topic}", ActivityKind.Consumer, parent, Tags(topic, trace.Count())) is { } span)
            {
                spans.Add(span);
            }
        }

        if (spans.Count > 1)
        {
            // Work for all of them belongs to none of their traces.
            Activity.Current = null;
        }

        return new Spans(spans);
    }

    private static TagList Tags(string topic, int messages) => new()
    {
        { "messaging.destination.name", topic },
        { "messaging.batch.message_count", messages },
    };

    private sealed class Spans(List<Activity> spans) : IDisposable
    {
        public void Dispose()
        {
            for (var i = spans.Count - 1; i >= 0; i--)
            {
                spans[i].Dispose();
            }
        }
    }
}
