using System.Diagnostics;
using OpenTelemetry;

namespace Infrastructure.Hosting;

/// <summary>
/// Leaves out calls of engines that belong to no trace: what background loops ask and what is done for many requests at once would each
/// begin a trace of one span.
/// </summary>
internal sealed class CallsWithoutTrace : BaseProcessor<Activity>
{
    /// <summary>At the start, so that what the call does in turn, such as the command of an operation, is left out with it.</summary>
    public override void OnStart(Activity data)
    {
        if (data.Kind == ActivityKind.Client && data.ParentSpanId == default)
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            data.IsAllDataRequested = false;
        }
    }
}
