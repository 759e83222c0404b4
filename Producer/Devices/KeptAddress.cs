using Contracts.Devices;
using Contracts.Timers;
using Infrastructure.Devices;
using Producer.Http;

namespace Producer.Devices;

/// <summary>Puts a device's settings whose token nobody can read: a masked one that is sent back means "keep".</summary>
internal static class KeptAddress
{
    private const string Field = "quietUrl";

    /// <summary>The whole address to report to.</summary>
    /// <param name="tenant">The device's tenant.</param>
    /// <param name="device">The device's id.</param>
    /// <param name="known">Its settings as they are stored.</param>
    /// <param name="masked">What was sent back.</param>
    /// <param name="secrets">Decrypts.</param>
    /// <param name="errors">Why it cannot be kept.</param>
    /// <returns>What was sent back if it cannot be kept.</returns>
    public static string Find(
        string tenant, string device, DeviceSettings known, string masked, DeviceSecrets secrets, FieldErrors errors)
    {
        if (known.QuietUrl is null)
        {
            errors.Add(Field, $"is masked ({SensitiveParts.Mask}): give the value itself");
            return masked;
        }

        if (secrets.Open(tenant, device, known) is not { } whole)
        {
            errors.Add(Field, "cannot be kept, as it cannot be decrypted: give the address without masks");
            return masked;
        }

        if (SensitiveParts.ReceiverOf(new Uri(masked)) != SensitiveParts.ReceiverOf(new Uri(whole)))
        {
            errors.Add(Field, "leads to another receiver, which must not get what is masked: give the address without masks");
            return masked;
        }

        if (SensitiveParts.UnmaskedUrl(masked, whole) is not { } kept)
        {
            errors.Add(Field, "has a mask where the device has no masked value to keep");
            return masked;
        }

        return kept;
    }
}
