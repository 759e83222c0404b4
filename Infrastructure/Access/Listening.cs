using System.Net;
using Infrastructure.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
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

    private Found Find()
    {
        if (found is { } known)
        {
            return known;
        }

        // Nothing is bound yet while the program is being built: nothing is decided then either.
        var addresses = services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses;
        var fresh = new Found(addresses?.FirstOrDefault(address => !IsLoopback(address)));
        if (addresses is { Count: > 0 })
        {
            found = fresh;
        }

        return fresh;
    }

    private static bool IsLoopback(string address)
    {
        if (address.StartsWith("http://unix:", StringComparison.OrdinalIgnoreCase)
            || address.StartsWith("http://pipe:", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        // "http://+:80" and "http://*:80" are addresses to the server, but not to Uri; both mean all of them.
        return Uri.TryCreate(address, UriKind.Absolute, out var uri) && LocalRequests.IsLoopbackName(uri.Host.Trim('[', ']'))
            && (!IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip) || IPAddress.IsLoopback(ip));
    }

    private sealed record Found(string? Foreign);
}
