using System.ComponentModel.DataAnnotations;

namespace Runner.Timers.Delivery;

/// <summary>How webhooks are sent.</summary>
public sealed class DeliveryOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Runner:Delivery";

    /// <summary>
    /// Requests under way to one destination (scheme, host, port) at most, 1 to 10,000. Default 128; overdue ones get half.
    /// </summary>
    [Range(1, 10_000)]
    public int InFlightPerDestination { get; set; } = 128;

    /// <summary>
    /// How long a timer may wait in memory for a busy destination, 100 ms to 1 min; longer, it goes back to the store. Default 5 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a timer that went back stays there at least. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan MinReturn { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a timer that went back stays there at most. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan MaxReturn { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest pause that a receiver's Retry-After is honoured for, up to 1 day. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromHours(1);
}
