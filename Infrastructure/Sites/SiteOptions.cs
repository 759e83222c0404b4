using System.ComponentModel.DataAnnotations;
using Infrastructure.Events;

namespace Infrastructure.Sites;

/// <summary>
/// How sites are kept. An event's id is remembered as long as the event, and <see cref="EventOptions.ClaimRetention"/> beyond.
/// </summary>
public sealed class SiteOptions : EventOptions, IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Sites";

    /// <summary>How long an erasure may wait until it is done, 100 ms to 1 min. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The IANA time zone of days where a request names none. Default UTC.</summary>
    [Required]
    public string Zone { get; set; } = "UTC";

    /// <summary>
    /// Whether visitors without a user are counted. Within a day each is recognised by a hash of the address, as far as it is recorded, the
    /// browser, and a salt that is forgotten with the day. Default true.
    /// </summary>
    public bool CountAnonymous { get; set; } = true;

    /// <summary>
    /// Maximum number of raw events that one answer reads, 1,000 to 100,000,000; at a million a second or less. Default 1,000,000.
    /// </summary>
    [Range(1_000, 100_000_000)]
    public int MaxScan { get; set; } = 1_000_000;

    /// <summary>The zone.</summary>
    public TimeZoneInfo FindZone() => TimeZoneInfo.FindSystemTimeZoneById(Zone);

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(Zone, out _))
        {
            yield return new ValidationResult($"{Section}:Zone ({Zone}) is no time zone that this machine knows.", [nameof(Zone)]);
        }
    }
}
