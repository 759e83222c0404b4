using System.Net;
using System.Net.NetworkInformation;
using Infrastructure.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Infrastructure.Access;

/// <summary>Where the service listens, as the server has bound it.</summary>
internal sealed class Listening(IServiceProvider services)
{
    private volatile Found? found;

    /// <summary>Whether every address is on loopback.</summary>
    public bool IsLoopbackOnly => Find().Foreign is null;

    /// <summary>The first address that is not; null if there is none.</summary>
    public string? Foreign => Find().Foreign;

    /// <summary>What somebody on this machine would type to reach it; null if it listens on sockets and pipes only.</summary>
    public string? Local => Find().Local;

    /// <summary>Whether a connection from this machine to an address would reach one of its listeners.</summary>
    public bool IsReachedBy(IPAddress address, int port)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Find().Bound.Any(bound => bound.Port == port && IsReachedBy(bound.Address, plain));
    }

    /// <param name="bound">What a listener is bound to; null for every address of the machine.</param>
    /// <param name="address">What is connected to. The unspecified address leads to loopback.</param>
    private static bool IsReachedBy(IPAddress? bound, IPAddress address)
    {
        var isUnspecified = address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
        if (bound is not null)
        {
            return IsSame(bound, address) || (isUnspecified && IPAddress.IsLoopback(bound));
        }

        // Interfaces come and go, and few webhooks name this port: they are asked for each.
        return isUnspecified || IPAddress.IsLoopback(address) || NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(each => each.GetIPProperties().UnicastAddresses).Any(own => IsSame(own.Address, address));
    }

    /// <summary>An address of IPv6 may have a scope in one place and none in the other.</summary>
    private static bool IsSame(IPAddress one, IPAddress other) =>
        one.AddressFamily == other.AddressFamily && one.GetAddressBytes().AsSpan().SequenceEqual(other.GetAddressBytes());

    private Found Find()
    {
        if (found is { } known)
        {
            return known;
        }

        // Nothing is bound yet while the program is being built: nothing is decided then either.
        var addresses = services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses;
        var fresh = new Found(
            addresses?.FirstOrDefault(address => !IsLoopback(address)),
            addresses?.Select(LocalOf).FirstOrDefault(local => local is not null),
            [.. (addresses ?? []).SelectMany(Bindings)]);

        // A port that the system is to choose is not chosen yet.
        if (addresses is { Count: > 0 } && fresh.Bound.All(bound => bound.Port > 0))
        {
            found = fresh;
        }

        return fresh;
    }

    private static IEnumerable<(IPAddress? Address, int Port)> Bindings(string address)
    {
        if (IsSocketOrPipe(address))
        {
            yield break;
        }

        // "http://+:80" and "http://*:80" are addresses to the server, but not to Uri.
        var bound = BindingAddress.Parse(address);
        var host = bound.Host.Trim('[', ']');
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            yield return (IPAddress.Loopback, bound.Port);
            yield return (IPAddress.IPv6Loopback, bound.Port);
        }
        else
        {
            // Any other name stands for all addresses, as the unspecified ones do.
            var isOne = IPAddress.TryParse(host, out var ip) && !ip.Equals(IPAddress.Any) && !ip.Equals(IPAddress.IPv6Any);
            yield return (isOne ? ip : null, bound.Port);
        }
    }

    private static string? LocalOf(string address)
    {
        if (IsSocketOrPipe(address))
        {
            return null;
        }

        var bound = BindingAddress.Parse(address);
        var isOne = IPAddress.TryParse(bound.Host.Trim('[', ']'), out var ip) && !ip.Equals(IPAddress.Any) && !ip.Equals(IPAddress.IPv6Any);
        return $"{bound.Scheme}://{(isOne ? bound.Host : "localhost")}:{bound.Port}";
    }

    private static bool IsSocketOrPipe(string address) =>
        address.StartsWith("http://unix:", StringComparison.OrdinalIgnoreCase)
        || address.StartsWith("http://pipe:", StringComparison.OrdinalIgnoreCase);

    private static bool IsLoopback(string address)
    {
        if (IsSocketOrPipe(address))
        {
            return true;
        }

        return Uri.TryCreate(address, UriKind.Absolute, out var uri) && LocalRequests.IsLoopbackName(uri.Host.Trim('[', ']'))
            && (!IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip) || IPAddress.IsLoopback(ip));
    }

    /// <param name="Foreign">The first address that is not on loopback.</param>
    /// <param name="Local">The first address as it is typed on this machine.</param>
    /// <param name="Bound">What listeners are bound to; null for every address of the machine.</param>
    private sealed record Found(string? Foreign, string? Local, IReadOnlyList<(IPAddress? Address, int Port)> Bound);
}
