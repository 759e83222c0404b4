using Infrastructure.Hosting;

namespace Infrastructure.Messaging.RabbitMq;

/// <summary>Address and credentials of RabbitMQ: <c>amqp(s)://user:password@host:port/vhost</c>.</summary>
/// <param name="Host">Host name or IP address.</param>
/// <param name="Port">5672 by default, 5671 with TLS.</param>
/// <param name="VirtualHost">"/" by default.</param>
/// <param name="User">"guest" by default.</param>
/// <param name="Password">"guest" by default; never shown.</param>
/// <param name="IsEncrypted">Whether to use TLS.</param>
internal sealed record RabbitMqConnection(string Host, ushort Port, string VirtualHost, string User, string Password, bool IsEncrypted)
{
    private const string Form = "ConnectionStrings:RabbitMq must be amqp://user:password@host:port/vhost, or amqps:// for TLS";

    /// <summary>Reads a connection string.</summary>
    /// <exception cref="StartupException">It is not a valid connection string.</exception>
    public static RabbitMqConnection Parse(string? text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("amqp" or "amqps")
            || address.Host.Length == 0)
        {
            throw new StartupException($"{Form}.");
        }

        if (address.Query.Length > 0 || address.Fragment.Length > 0 || address.AbsolutePath.LastIndexOf('/') > 0)
        {
            throw new StartupException($"{Form}; a slash in vhost is written %2f, and nothing follows it.");
        }

        var encrypted = address.Scheme == "amqps";
        var credentials = address.UserInfo.Split(':', 2);
        var host = Uri.UnescapeDataString(address.AbsolutePath.TrimStart('/'));
        return new RabbitMqConnection(
            address.Host,
            address.Port > 0 ? (ushort)address.Port : encrypted ? (ushort)5671 : (ushort)5672,
            host.Length == 0 ? "/" : host,
            credentials[0].Length == 0 ? "guest" : Uri.UnescapeDataString(credentials[0]),
            credentials.Length < 2 ? "guest" : Uri.UnescapeDataString(credentials[1]),
            encrypted);
    }

    /// <summary>Host and port, without the password.</summary>
    public override string ToString() => $"{Host}:{Port}";
}
