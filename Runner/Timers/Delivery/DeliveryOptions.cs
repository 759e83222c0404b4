using System.ComponentModel.DataAnnotations;
using Infrastructure.Hosting;

namespace Runner.Timers.Delivery;

/// <summary>How webhooks are sent.</summary>
public sealed class DeliveryOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Runner:Delivery";

    /// <summary>
    /// Maximum number of requests in flight, 10 to 20,000. Default three quarters of the connections that the process may have to
    /// receivers, at most 4,096.
    /// </summary>
    [Range(10, 20_000)]
    public int? InFlight { get; set; }

    /// <summary>
    /// Maximum number of requests in flight to one resolved address and port, whatever names lead there, 1 to 10,000. Default 512.
    /// </summary>
    [Range(1, 10_000)]
    public int InFlightPerAddress { get; set; } = 512;

    /// <summary>
    /// Maximum number of requests of one tenant in flight to one destination (scheme, host, port), 1 to 10,000. Default 128; overdue ones
    /// get half.
    /// </summary>
    [Range(1, 10_000)]
    public int InFlightPerDestination { get; set; } = 128;

    /// <summary>
    /// How long a timer may wait in memory for a busy destination, 100 ms to 1 min; after that it goes back to the store. Default 5 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Minimum time that a timer stays in the store after going back. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan MinReturn { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Maximum time that a timer stays in the store after going back: less while its destination has been slow for less. Default 30 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan MaxReturn { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Upper bound on the pause taken from a receiver's Retry-After, up to 1 day. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Upper bound on how much later a receiver's <c>Timer-Snooze</c> has a webhook come again, 1 s to 1 year. Default 7 days.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan MaxSnooze { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// Tenants whose receivers' responses are read but not kept with the attempts, separated by commas; * for all. Default empty.
    /// </summary>
    public string DiscardResponses { get; set; } = string.Empty;

    /// <summary>The default of <see cref="InFlight"/>.</summary>
    internal static int DefaultInFlight => Math.Min(4_096, Descriptors.ForReceivers / 4 * 3);
}
