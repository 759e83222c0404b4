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
}
