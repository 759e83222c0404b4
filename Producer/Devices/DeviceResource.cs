using Contracts.Common;
using Contracts.Devices;
using Contracts.Timers;

namespace Producer.Devices;

/// <summary>A device.</summary>
internal sealed record DeviceResource
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its name, for people.</summary>
    public string? Name { get; init; }

    /// <summary>Its tags, for people.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Number of its readings.</summary>
    public required long Readings { get; init; }

    /// <summary>The sum of their counts, with adjustments; any number of digits.</summary>
    public required Int128 CumulativeCount { get; init; }

    /// <summary>The latest reading's instant.</summary>
    public string? LatestTimestamp { get; init; }

    /// <summary>When something of it arrived last.</summary>
    public DateTimeOffset? LastSeenAt { get; init; }

    /// <summary>How long it may be silent before a webhook reports it.</summary>
    public TimeSpan? QuietAfter { get; init; }

    /// <summary>Where that is reported; tokens in it are masked.</summary>
    public string? QuietUrl { get; init; }

    /// <summary>Since when it has been silent, if that was reported.</summary>
    public DateTimeOffset? SilentSince { get; init; }

    /// <summary>Its last ten readings in time order, in live streams of this device alone.</summary>
    public IReadOnlyList<ReadingResource>? Recent { get; init; }

    public static DeviceResource From(DeviceRecord device) => new()
    {
        Id = device.Id,
        Name = device.Settings.Name,
        Tags = device.Settings.Tags.Count > 0 ? device.Settings.Tags : null,
        Readings = device.Readings,
        CumulativeCount = device.Total,
        LatestTimestamp = device.LatestAt is { } at ? ShortInstant.ToString(TickTime.ToInstant(at)) : null,
        LastSeenAt = device.LastSeenAt,
        QuietAfter = device.Settings.QuietAfter,
        QuietUrl = device.Settings.QuietUrl is { } url ? SensitiveParts.MaskedUrl(url) : null,

        // It may have sent something since, which the next poll notices.
        SilentSince = device.SilentSince is { } since && !(device.LastSeenAt > since) ? since : null,
    };
}

/// <summary>A page of devices.</summary>
/// <param name="Items">In the order of their ids.</param>
/// <param name="Next">The cursor for the next page; missing on the last one.</param>
internal sealed record DeviceList(IReadOnlyList<DeviceResource> Items, string? Next);
