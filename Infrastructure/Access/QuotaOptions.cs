using System.ComponentModel.DataAnnotations;

namespace Infrastructure.Access;

/// <summary>How much of this instance callers may use; 0 stands for no limit.</summary>
public sealed class QuotaOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Quotas";

    /// <summary>Requests a second of one key, a second's worth of them at once; 0 to 1,000,000. Default 0.</summary>
    [Range(0, 1_000_000)]
    public int KeyRequests { get; set; }

    /// <summary>Requests a second of all keys of one tenant together; 0 to 1,000,000. Default 0.</summary>
    [Range(0, 1_000_000)]
    public int TenantRequests { get; set; }

    /// <summary>Timers of one tenant that have not finished; 0 to 1,000,000,000. Default 0.</summary>
    [Range(0, 1_000_000_000)]
    public long TenantTimers { get; set; }

    /// <summary>
    /// Bytes that the URLs, headers, bodies and metadata of one tenant's timers take, finished ones included until they are purged; 0 to
    /// 10^15. Default 0.
    /// </summary>
    [Range(0, 1_000_000_000_000_000)]
    public long TenantBytes { get; set; }

    /// <summary>
    /// Destinations (scheme, host and port) for which one tenant has created timers within a day; 0 to 1,000,000. Default 0.
    /// </summary>
    [Range(0, 1_000_000)]
    public int TenantDestinations { get; set; }

    /// <summary>Live streams and exports of one tenant that are open at the same time; 0 to 100,000. Default 0.</summary>
    [Range(0, 100_000)]
    public int TenantStreams { get; set; }
}
