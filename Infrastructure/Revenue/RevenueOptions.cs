using System.ComponentModel.DataAnnotations;
using Contracts.Revenue;
using Infrastructure.Events;

namespace Infrastructure.Revenue;

/// <summary>
/// How revenue is kept. An entry's id is remembered as long as the entry, and <see cref="EventOptions.ClaimRetention"/> beyond.
/// </summary>
public sealed class RevenueOptions : EventOptions, IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Revenue";

    /// <summary>How long an erasure may wait until it is done, 100 ms to 1 min. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The currency of events that name none: 1 to 12 of A–Z and 0–9. Default USD. To change it leaves former events as they are.
    /// </summary>
    [Required]
    [RegularExpression(RevenueEvent.CurrencyPattern)]
    public string Currency { get; set; } = "USD";

    /// <summary>The IANA time zone of days where a request names none. Default UTC.</summary>
    [Required]
    public string Zone { get; set; } = "UTC";

    /// <summary>
    /// The folder of the archive, of Consumers and of the one Runner that keeps it. Default: none is kept. Entries that were stored before
    /// it was set are in no archive.
    /// </summary>
    public string? Archive { get; set; }

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
