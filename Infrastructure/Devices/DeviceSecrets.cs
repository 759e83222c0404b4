using System.Text;
using Contracts.Devices;
using Contracts.Timers;
using Infrastructure.Secrets;
using Microsoft.Extensions.Logging;

namespace Infrastructure.Devices;

/// <summary>
/// Encrypts the tokens in the address that a device's silence is reported to, for the store; what timers have in theirs is treated alike.
/// </summary>
/// <param name="box">What encrypts.</param>
/// <param name="logger">Told once if there is no key to encrypt with.</param>
public sealed partial class DeviceSecrets(ISecretBox box, ILogger<DeviceSecrets> logger)
{
    private volatile bool isToldPlain;

    /// <summary>The settings to store.</summary>
    /// <param name="tenant">The device's tenant.</param>
    /// <param name="device">The device's id: in another one's settings they cannot be decrypted.</param>
    /// <param name="settings">With the whole address.</param>
    /// <returns>
    /// The same settings if the address has no tokens, or if several processes share the store and there is no key; then only answers have
    /// masks.
    /// </returns>
    /// <exception cref="Contracts.Storage.StoreUnavailableException">Embedded: the first key that is needed cannot be written.</exception>
    public DeviceSettings Seal(string tenant, string device, DeviceSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.QuietUrl is not { } url)
        {
            return settings;
        }

        var masked = SensitiveParts.MaskedUrl(url);
        if (ReferenceEquals(masked, url))
        {
            return settings;
        }

        if (box.Seal(Encoding.UTF8.GetBytes(url), PlaceOf(tenant, device, url)) is not { } made)
        {
            TellPlain();
            return settings;
        }

        return settings with { QuietUrl = masked, QuietSealed = Convert.ToBase64String(made) };
    }

    /// <summary>The whole address that a device's silence is reported to.</summary>
    /// <param name="tenant">The device's tenant.</param>
    /// <param name="device">The device's id.</param>
    /// <param name="settings">As they are stored.</param>
    /// <returns>Null if there is none, or if it cannot be decrypted: the key is lost, or somebody has moved it.</returns>
    public string? Open(string tenant, string device, DeviceSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.QuietUrl is not { } url || settings.QuietSealed is not { } text)
        {
            return settings.QuietUrl;
        }

        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length)
            && box.Open(bytes.AsSpan(0, length), PlaceOf(tenant, device, url)) is { } whole ? Encoding.UTF8.GetString(whole) : null;
    }

    /// <summary>The receiver is part of it: else whoever can write to the store could have the token sent to himself.</summary>
    private static string PlaceOf(string tenant, string device, string url) =>
        $"device\n{tenant}\n{device}\n{SensitiveParts.ReceiverOf(new Uri(url, UriKind.RelativeOrAbsolute))}";

    private void TellPlain()
    {
        if (!isToldPlain)
        {
            isToldPlain = true;
            LogPlain();
        }
    }

    [LoggerMessage(4505, LogLevel.Warning,
        "Tokens in the addresses that devices report to are stored as they are, as there is no key to encrypt them with: "
            + "set Secrets:Key for all Producers and Runners")]
    private partial void LogPlain();
}
