using System.ComponentModel.DataAnnotations;

namespace Runner.Timers.Armed;

/// <summary>How due timers are claimed and loaded.</summary>
public sealed class DueOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Runner:Due";

    /// <summary>Pause between two polls of the store, 10 ms to 1 min. Default 200 ms. Wake-ups come in between.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How far ahead timers are claimed, 20 ms to 5 s. Default 500 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.020", "00:00:05")]
    public TimeSpan Window { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Maximum look-ahead, used when claiming would take longer than the window; up to 1 min. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.020", "00:01:00")]
    public TimeSpan MaxWindow { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>A timer later than this counts as overdue and goes behind timers that are on time; 100 ms to 1 min. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan OverdueAfter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Maximum number of timers held in memory, half of it for overdue ones; 100 to 1,000,000. Default 50,000.</summary>
    [Range(100, 1_000_000)]
    public int Capacity { get; set; } = 50_000;

    /// <summary>Maximum bytes of contents held in memory, half of it for overdue timers; at least 1 MiB. Default 64 MiB.</summary>
    [Range(1 << 20, 1 << 30)]
    public int CapacityBytes { get; set; } = 64 << 20;

    /// <summary>Timers claimed in one step, 1 to 10,000. Default 1,000.</summary>
    [Range(1, 10_000)]
    public int ClaimLimit { get; set; } = 1_000;
}
