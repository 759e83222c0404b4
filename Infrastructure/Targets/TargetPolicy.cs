using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Infrastructure.Targets;

/// <summary>Decides where webhooks may go: what an operator denies, then what one allows, then everything outside.</summary>
/// <remarks>A caller learns only that an address is refused: why would tell what there is inside.</remarks>
public sealed partial class TargetPolicy
{
    /// <summary>What a client is told of every refused address.</summary>
    public const string Reason = "must be an address that webhooks may go to";

    /// <summary>What an attempt says that was refused on connecting.</summary>
    public const string AttemptReason = "the address is not one that webhooks may go to";

    /// <summary>The bad ports of the Fetch standard (https://fetch.spec.whatwg.org/#port-blocking): other protocols than HTTP.</summary>
    private static readonly FrozenSet<int> BadPorts = new[]
    {
        1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110, 111, 113,
        115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563,
        587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669,
        6679, 6697, 10080,
    }.ToFrozenSet();

    private static readonly List<IPAddress> Loopback = [IPAddress.Loopback, IPAddress.IPv6Loopback];

    private readonly List<TargetRule> allow;
    private readonly List<TargetRule> deny;
    private readonly List<TargetRule> proxyExcept;
    private readonly TargetOptions settings;
    private readonly IOwnListeners? own;
    private readonly ILogger<TargetPolicy> logger;
    private readonly Counter<long> refused;

    /// <summary>Reads the rules; what is wrong with them has been found by then.</summary>
    /// <param name="options">The rules.</param>
    /// <param name="meters">Counts refusals.</param>
    /// <param name="logger">Tells of refusals.</param>
    /// <param name="own">Where this process listens; null where that does not matter.</param>
    public TargetPolicy(
        IOptions<TargetOptions> options, IMeterFactory meters, ILogger<TargetPolicy> logger, IOwnListeners? own = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        settings = options.Value;
        allow = TargetRule.ParseAll(settings.Allow, out _);
        deny = TargetRule.ParseAll(settings.Deny, out _);
        proxyExcept = TargetRule.ParseAll(settings.ProxyExcept, out _);
        Proxy = TargetOptions.TryReadProxy(settings.Proxy, out var proxy) ? proxy : null;
        this.own = own;
        this.logger = logger;
        refused = meters.Create("timers.targets").CreateCounter<long>(
            "timers.targets.refused", "{target}", "Addresses that webhooks may not go to, by when they were refused.");
    }

    /// <summary>What webhooks go through; null for nothing.</summary>
    public Uri? Proxy { get; }

    /// <summary>Whether a URL is called through the proxy, which resolves its name and decides about its address.</summary>
    /// <param name="url">An absolute HTTP address.</param>
    public bool GoesThroughProxy(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (Proxy is null)
        {
            return false;
        }

        // The proxy's own machine is meant by nobody who says localhost.
        var host = HostOf(url);
        return !TargetNames.IsLocalhost(host) && (IPAddress.TryParse(host, out var address)
            ? !SpecialNetworks.IsLoopback(address) && !proxyExcept.Exists(rule => rule.Covers(address, url.Port))
            : !proxyExcept.Exists(rule => rule.Covers(host, url.Port)));
    }

    /// <summary>Whether a URL may be called through the proxy: by its spelling, its address or its name, as at creation.</summary>
    /// <param name="url">An absolute HTTP address.</param>
    public bool MayCallThroughProxy(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return (TargetNames.IsPlain(url.Host) && MayName(HostOf(url), url.Port)) || IsOnlyReported("connecting", url.IdnHost, url.Port);
    }

    /// <summary>Whether a URL may be a target, as far as can be told without a look-up: by its spelling, its address or its name.</summary>
    /// <param name="url">An absolute HTTP address.</param>
    public bool MayName(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return (TargetNames.IsPlain(url.Host) && MayName(HostOf(url), url.Port)) || IsOnlyReported("named", url.IdnHost, url.Port);
    }

    /// <summary>Whether a connection may be opened.</summary>
    /// <param name="host">The name or address in the URL.</param>
    /// <param name="port">The port that is connected to.</param>
    /// <param name="addresses">All that the name leads to: one that is refused is enough.</param>
    public bool MayConnect(string host, int port, IReadOnlyList<IPAddress> addresses)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(addresses);
        var name = host.TrimEnd('.').ToLowerInvariant();
        return (MayNamePort(name, port) && addresses.All(address => MayConnect(name, port, address)))
            || IsOnlyReported("connecting", host, port);
    }

    private static string HostOf(Uri url) =>
        url.HostNameType == UriHostNameType.IPv6 ? url.Host.Trim('[', ']') : url.IdnHost.TrimEnd('.').ToLowerInvariant();

    private bool MayName(string host, int port)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            return MayNamePort(host, port) && MayConnect(host, port, address);
        }

        return TargetNames.Is(host) && MayNamePort(host, port)
            && (IsAllowed(host, port) || (TargetNames.IsLocalhost(host) ? settings.AllowLoopback : !TargetNames.IsPrivate(host)))
            && !(TargetNames.IsLocalhost(host) && Loopback.Exists(address => IsOwn(host, port, address)));
    }

    private bool MayNamePort(string host, int port) =>
        !deny.Exists(rule => rule.Covers(host, port)) && (!BadPorts.Contains(port) || IsAllowed(host, port));

    private bool MayConnect(string host, int port, IPAddress address) =>
        !deny.Exists(rule => rule.Covers(address, port)) && !IsOwn(host, port, address)
        && (IsAllowed(host, port) || allow.Exists(rule => rule.Covers(address, port))
            || (SpecialNetworks.IsLoopback(address) ? settings.AllowLoopback : !SpecialNetworks.Contain(address)));

    /// <summary>The service itself is meant only by who names its port, too: a rule for a network or a machine is about others.</summary>
    private bool IsOwn(string host, int port, IPAddress address) => own?.Refuse(address, port) == true
        && !allow.Exists(rule => rule.HasPort && (rule.Covers(host, port) || rule.Covers(address, port)));

    private bool IsAllowed(string host, int port) => allow.Exists(rule => rule.Covers(host, port));

    private bool IsOnlyReported(string when, string host, int port)
    {
        refused.Add(1, new KeyValuePair<string, object?>("when", when));
        if (settings.ReportOnly)
        {
            LogReported(host, port);
        }
        else
        {
            LogRefused(host, port);
        }

        return settings.ReportOnly;
    }

    [LoggerMessage(4301, LogLevel.Warning, "Webhooks may not go to {Host} port {Port}; refused")]
    private partial void LogRefused(string host, int port);

    [LoggerMessage(4302, LogLevel.Warning, "Webhooks may not go to {Host} port {Port}; let through, because Targets:ReportOnly is set")]
    private partial void LogReported(string host, int port);
}
