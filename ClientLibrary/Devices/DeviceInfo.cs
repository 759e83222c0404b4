using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClientLibrary.Devices;

/// <summary>A device as it is.</summary>
public sealed record DeviceInfo
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its name, for people.</summary>
    public string? Name { get; init; }

    /// <summary>Its tags.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Number of its readings.</summary>
    public long Readings { get; init; }

    /// <summary>The sum of their counts, with adjustments.</summary>
    public Int128 CumulativeCount { get; init; }

    /// <summary>The latest reading's instant.</summary>
    public DateTimeOffset? LatestTimestamp { get; init; }

    /// <summary>When something of it arrived last.</summary>
    public DateTimeOffset? LastSeenAt { get; init; }

    /// <summary>Since when it has been silent, if that was reported.</summary>
    public DateTimeOffset? SilentSince { get; init; }

    /// <summary>All other fields.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
