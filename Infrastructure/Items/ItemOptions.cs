using System.ComponentModel.DataAnnotations;
using Infrastructure.Events;

namespace Infrastructure.Items;

/// <summary>How items are kept.</summary>
public sealed class ItemOptions : EventOptions, IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Items";

    /// <summary>
    /// How long the first service's routes, and an erasure, may wait until what they were sent is stored, 100 ms to 1 min. Default 10 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Retention is not null)
        {
            yield return new ValidationResult(
                $"{Section}:Retention must be empty: users and items have no age, and the last transfer of an item tells who owns it.",
                [nameof(Retention)]);
        }
    }
}
