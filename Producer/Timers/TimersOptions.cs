using System.ComponentModel.DataAnnotations;

namespace Producer.Timers;

/// <summary>How timers are accepted.</summary>
public sealed class TimersOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Producer:Timers";

    /// <summary>
    /// How long a create may take to become durable, and a keyed one to be stored; 100 ms to 1 min. Default 25 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(25);
}
