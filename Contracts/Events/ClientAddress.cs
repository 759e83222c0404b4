using System.Net;
using System.Net.Sockets;

namespace Contracts.Events;

/// <summary>The client's address as it is recorded with an event.</summary>
public static class ClientAddress
{
    private const int Ipv4NetworkBytes = 3;
    private const int Ipv6NetworkBytes = 6;

    /// <summary>What to record of an address.</summary>
    /// <param name="address">The client's; null if it is not known, as over a Unix socket.</param>
    /// <param name="mode">How much of the address is recorded.</param>
    /// <returns>Null for nothing.</returns>
    public static string? Record(IPAddress? address, AddressMode mode)
    {
        if (address is null || mode == AddressMode.None)
        {
            return null;
        }

        // A dual-mode socket reports IPv4 clients as mapped IPv6 addresses, whose first 48 bits are all zero.
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (mode == AddressMode.Full)
        {
            // Without a zone: it names an interface of this machine.
            return plain.AddressFamily == AddressFamily.InterNetworkV6 && plain.ScopeId != 0
                ? new IPAddress(plain.GetAddressBytes()).ToString()
                : plain.ToString();
        }

        var bytes = plain.GetAddressBytes();
        bytes.AsSpan(plain.AddressFamily == AddressFamily.InterNetwork ? Ipv4NetworkBytes : Ipv6NetworkBytes).Clear();
        return new IPAddress(bytes).ToString();
    }
}
