using System.ComponentModel.DataAnnotations;

namespace Runner.Timers.Upkeep;

/// <summary>When finished timers are deleted, and how often the store is maintained.</summary>
public sealed class UpkeepOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Runner:Upkeep";

    /// <summary>How long finished timers and their attempts are kept, 1 min to 10 years. Default 30 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Pause between two purges, 1 s to 1 day. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan PurgeInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Pause between two runs of the store's own maintenance, and between two looks for paused timers that have expired; 100 ms to 1 min.
    /// Default 1 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan MaintainInterval { get; set; } = TimeSpan.FromSeconds(1);
}
