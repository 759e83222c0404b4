using System.ComponentModel.DataAnnotations;
using Infrastructure.Events;

namespace Infrastructure.Items;

/// <summary>
/// How items are kept. <see cref="EventOptions.Retention"/> is that of transfers: users, base items, items, and the latest transfer of each
/// item, have no age. A transfer's id is remembered as long as the transfer, and <see cref="EventOptions.ClaimRetention"/> beyond.
/// </summary>
public sealed class ItemOptions : EventOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Items";

    /// <summary>
    /// How long the first service's routes, and an erasure, may wait until what they were sent is stored, 100 ms to 1 min. Default 10 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(10);
}
