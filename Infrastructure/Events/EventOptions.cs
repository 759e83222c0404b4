using System.ComponentModel.DataAnnotations;
using Contracts.Events;

namespace Infrastructure.Events;

/// <summary>What each slice of events lets its operator set, in a section of its own.</summary>
public abstract class EventOptions
{
    /// <summary>
    /// How long raw events are kept, by their own instants, 1 day to 100 years; older ones are refused. Default: for ever.
    /// </summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "36525.00:00:00")]
    public TimeSpan? Retention { get; set; }

    /// <summary>
    /// How long the ids of events are remembered beyond the events, 35 days to 100 years, and at least twice as long as the log keeps
    /// messages. Default 35 days.
    /// </summary>
    [Range(typeof(TimeSpan), "35.00:00:00", "36525.00:00:00")]
    public TimeSpan ClaimRetention { get; set; } = TimeSpan.FromDays(35);

    /// <summary>How much of a client's address is recorded: Truncated, Full or None. Default Truncated.</summary>
    [EnumDataType(typeof(AddressMode))]
    public AddressMode Address { get; set; }

    /// <summary>Pause between two purges, 1 s to 1 day. Default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan PurgeInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Pause between two comparisons of all rollups with the raw events, 1 s to 30 days. Default 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Whether a comparison puts right what it finds; either way it is reported, until the next one. Default true: raw events are the
    /// truth and sums are made of them, so that to leave a wrong sum is only of use to somebody who looks for its cause.
    /// </summary>
    public bool Repair { get; set; } = true;
}
