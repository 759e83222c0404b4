using System.Net;
using System.Net.Sockets;

namespace Infrastructure.Targets;

/// <summary>Addresses that are not public ones of a single host.</summary>
internal static class SpecialNetworks
{
    /// <summary>
    /// IANA's special-purpose registry for IPv4, as far as it is not reachable globally, multicast, and Azure's address for its hosts.
    /// </summary>
    private static readonly IPNetwork[] V4 =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
            "224.0.0.0/4", "240.0.0.0/4",
        }.Select(IPNetwork.Parse),
    ];

    /// <summary>Public addresses of IPv6 are in this network, which is all that IANA has given out.</summary>
    private static readonly IPNetwork V6Public = IPNetwork.Parse("2000::/3");

    /// <summary>
    /// IANA's special-purpose registry for IPv6 within that: protocols and Teredo, documentation, 6to4, and documentation again.
    /// </summary>
    private static readonly IPNetwork[] V6 =
        [.. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20" }.Select(IPNetwork.Parse)];

    /// <summary>Whether webhooks must not go there unless an operator says so.</summary>
    public static bool Contain(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => Array.Exists(V4, network => network.Contains(address)),
        AddressFamily.InterNetworkV6 =>
            address.IsIPv4MappedToIPv6 || address.ScopeId != 0 || !V6Public.Contains(address)
            || Array.Exists(V6, network => network.Contains(address)) || IsIsatap(address),
        _ => true,
    };

    /// <summary>Whether it is loopback, in its own spelling: addresses that only contain one are special.</summary>
    public static bool IsLoopback(IPAddress address) =>
        !address.IsIPv4MappedToIPv6 && IPAddress.IsLoopback(address)
        && address is not { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 };

    /// <summary>RFC 5214: the second half names an IPv4 address of the site.</summary>
    private static bool IsIsatap(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address.TryWriteBytes(bytes, out _) && (bytes[8] & 0xfd) == 0 && bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == 0xfe;
    }
}
