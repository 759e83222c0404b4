namespace Contracts.Devices;

/// <summary>What a device's owner has set.</summary>
/// <param name="Name">For people; null for none.</param>
/// <param name="Tags">Words that devices are listed and watched by.</param>
/// <param name="QuietAfter">How long it may be silent before a webhook reports it; null for ever.</param>
/// <param name="QuietUrl">Where to report it, an absolute http(s) address; null without <paramref name="QuietAfter"/>.</param>
public sealed record DeviceSettings(string? Name, IReadOnlyList<string> Tags, TimeSpan? QuietAfter, string? QuietUrl)
{
    /// <summary>Nothing.</summary>
    public static DeviceSettings None { get; } = new(null, [], null, null);

    /// <summary>
    /// The whole address where <see cref="QuietUrl"/> has masks for its tokens (<see cref="Timers.SensitiveParts"/>), encrypted for this
    /// device and this receiver, in base64; null if it has none, or if they stand there as they are for lack of a key.
    /// </summary>
    public string? QuietSealed { get; init; }
}
