using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using Contracts.Common;

namespace Producer.Revenue;

/// <summary>What protects the first revenue service's route, and which folder is imported.</summary>
public sealed class ProducerRevenueOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Producer:Revenue";

    private const string Known = "secret";

    /// <summary>
    /// What <c>POST /liveEvent</c> has to have as its <c>Authorization</c>, 1 to 1,000 visible ASCII characters. Default secret, as the
    /// first service's client sends it.
    /// </summary>
    [Required]
    [RegularExpression("^[!-~]{1,1000}$")]
    public string Secret { get; set; } = Known;

    /// <summary>The tenant whose events come with the secret, once there are keys: 1 to 64 of a-z, 0-9, - and _. Default default.</summary>
    [RegularExpression(Tenant.Pattern)]
    public string SecretTenant { get; set; } = Tenant.Default;

    /// <summary>A folder whose files are imported. Default: none.</summary>
    public string? Import { get; set; }

    /// <summary>
    /// Pause between two looks into it, 100 ms to 1 h; a file that was not written to between two of them is imported. Default 5 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan ImportInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether the secret is not the one that everybody knows.</summary>
    internal bool IsOwnSecret => Secret != Known;

    /// <summary>Compares in a time that does not tell how much of it is right.</summary>
    public bool IsRight(string? given) => given is not null && CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(Secret)));
}
