using System.Net;
using Microsoft.AspNetCore.Http;

namespace Infrastructure.Hosting;

/// <summary>Whether a request comes from this machine.</summary>
public static class LocalRequests
{
    /// <summary>Headers of proxies: one on this machine passes on what comes from elsewhere.</summary>
    private static readonly string[] OfProxies = ["X-Forwarded-For", "X-Original-For", "Forwarded", "X-Real-IP", "Via"];

    /// <summary>True if the connection, the host's name and the headers all say so.</summary>
    public static bool IsLocal(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (connection, headers) = (context.Connection, context.Request.Headers);
        return IsLoopback(connection.RemoteIpAddress) && IsLoopback(connection.LocalIpAddress)
            && IsLoopbackName(context.Request.Host.Host.Trim('[', ']').TrimEnd('.'))
            && !Array.Exists(OfProxies, headers.ContainsKey);
    }

    /// <summary>Whether a host's name means the machine that asks, whatever name servers say.</summary>
    public static bool IsLoopbackName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name, out var address) && IPAddress.IsLoopback(address));
    }

    private static bool IsLoopback(IPAddress? address) => address is not null && IPAddress.IsLoopback(address);
}
