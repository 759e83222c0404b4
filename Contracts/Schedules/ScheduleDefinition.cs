using Contracts.Timers;

namespace Contracts.Schedules;

/// <summary>What a client put: when it runs, what becomes of missed and of overlapping runs, and the webhook of each.</summary>
public sealed record ScheduleDefinition
{
    /// <summary>The default of <see cref="CatchUp"/>.</summary>
    public static readonly TimeSpan DefaultCatchUp = TimeSpan.FromHours(1);

    /// <summary>When it runs.</summary>
    public required ScheduleWhen When { get; init; }

    /// <summary>What becomes of missed runs. Default Latest.</summary>
    public MisfireRule Misfire { get; init; }

    /// <summary>How late a missed run may still come; up to 365 days. Null for an hour.</summary>
    public TimeSpan? CatchUp { get; init; }

    /// <summary>What becomes of runs that are due while an earlier one is unfinished. Default Allow.</summary>
    public OverlapRule Overlap { get; init; }

    /// <summary>The webhook of each run. Its sensitive parts are encrypted for the schedule (<see cref="ScheduleKeys.Of"/>).</summary>
    public required TimerSpec Webhook { get; init; }
}
