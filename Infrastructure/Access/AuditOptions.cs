using System.ComponentModel.DataAnnotations;

namespace Infrastructure.Access;

/// <summary>How long the audit is kept.</summary>
public sealed class AuditOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Audit";

    /// <summary>How long entries are kept, 1 day to 100 years. Default 400 days: a year, and time to look.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "36500.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(400);
}
