using Contracts.Common;

namespace Producer.Schedules;

/// <summary>What clients say of a schedule: when it runs, and the webhook of each run as timers have it.</summary>
/// <remarks>The webhook's members are read by the timers' own reader; here they are for the API document.</remarks>
internal abstract class ScheduleFields : ScheduleTimesRequest
{
    /// <summary>
    /// What becomes of runs that were missed, because the service was down or the schedule was paused: latest (default) runs the last of
    /// them, all runs each, skip none.
    /// </summary>
    public string? Misfire { get; set; }

    /// <summary>How late a missed run may still come, up to 365 days. Default PT1H.</summary>
    public TimeSpan? CatchUp { get; set; }

    /// <summary>
    /// What becomes of a run that is due while an earlier one is unfinished: allow (default) runs it, too; skip leaves it out; bufferOne
    /// has one wait, bufferAll up to 1,000; cancelOther cancels the earlier one.
    /// </summary>
    public string? Overlap { get; set; }

    /// <summary>Absolute http or https address that each run calls; at most 2,048 characters.</summary>
    public string? Url { get; set; }

    /// <summary>GET, POST, PUT, PATCH or DELETE. Default POST.</summary>
    public string? Method { get; set; }

    /// <summary>Headers to send along; at most 50, and none that delivery sets itself.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; set; }

    /// <summary>JSON is sent as given, a string as text; at most 256 KiB. Without one a small JSON event is sent.</summary>
    public RawContent? Body { get; set; }

    /// <summary>The retry policy for failed attempts, as timers have it.</summary>
    public RawContent? Retry { get; set; }

    /// <summary>What to do when it is unknown whether an attempt arrived: redeliver (default) or park.</summary>
    public string? OnAmbiguous { get; set; }

    /// <summary>Time-out for the whole exchange; 100 ms to 60 s. Default PT15S.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>
    /// How long after its due instant a run that has not been delivered expires, unsent from then on; up to ten years. Default: never.
    /// </summary>
    public TimeSpan? MaxAge { get; set; }

    /// <summary>Tags of each run's timer; at most 20 of at most 64 characters.</summary>
    public IReadOnlyList<string>? Tags { get; set; }

    /// <summary>A JSON object that is kept and shown, never sent; at most 16 KiB.</summary>
    public RawContent? Metadata { get; set; }
}
