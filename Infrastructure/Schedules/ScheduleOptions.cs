using System.ComponentModel.DataAnnotations;

namespace Infrastructure.Schedules;

/// <summary>How the runs of schedules are made into timers.</summary>
public sealed class ScheduleOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Schedules";

    /// <summary>Pause between two polls for schedules with runs to be made, 100 ms to 1 min. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long before their instants runs are made into timers, 10 s to 1 h. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00")]
    public TimeSpan Ahead { get; set; } = TimeSpan.FromMinutes(1);
}
