using System.Globalization;
using System.IO.Hashing;
using System.Net;
using System.Text;
using Infrastructure.Targets;

namespace Runner.Timers.Receivers;

/// <summary>
/// The proxy that webhooks go through (<c>Targets:Proxy</c>): those over HTTP in absolute form, those over HTTPS in a tunnel of their own
/// (RFC 9112 §3.2.2, RFC 9110 §9.3.6). It resolves the names, so nothing is looked up here.
/// </summary>
internal sealed partial class EgressProxy : IWebProxy
{
    private const int MaxAnswerBytes = 16 * 1024;

    /// <summary>How long it may take to connect to a receiver.</summary>
    private static readonly TimeSpan TunnelTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Addresses that lead nowhere (RFC 6666): they stand for receivers whose own are not known.</summary>
    private static readonly byte[] Discard = [0x01, 0, 0, 0, 0, 0, 0, 0];

    private readonly TargetPolicy targets;
    private readonly ILogger logger;
    private readonly Uri address;

    private EgressProxy(TargetPolicy targets, Uri proxy, ILogger logger)
    {
        this.targets = targets;
        this.logger = logger;
        EndPoint = new DnsEndPoint(proxy.IdnHost, proxy.Port);
        address = new UriBuilder(proxy) { UserName = string.Empty, Password = string.Empty }.Uri;
        ForAll = new Tunnels(this, proxy.UserInfo.Length == 0 ? null : CredentialOf(proxy.UserInfo));
        Authorization = proxy.UserInfo.Length == 0 ? null
            : $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(proxy.UserInfo)))}";
    }

    /// <summary>Where it is.</summary>
    public DnsEndPoint EndPoint { get; }

    /// <summary>What it wants to know of whoever uses it; null for nothing.</summary>
    public string? Authorization { get; }

    /// <summary>The same for a client that asks for tunnels itself.</summary>
    public IWebProxy ForAll { get; }

    /// <summary>None: <see cref="Authorization"/> is sent without being asked for.</summary>
    public ICredentials? Credentials { get; set; }

    /// <returns>Null if none is configured.</returns>
    public static EgressProxy? Of(TargetPolicy? targets, ILogger logger) =>
        targets?.Proxy is { } proxy ? new EgressProxy(targets, proxy, logger) : null;

    /// <summary>Whether an address is called through it.</summary>
    public bool Covers(Uri url) => targets.GoesThroughProxy(url);

    /// <summary>Whether a request to an address is sent to it as to a server, rather than through a tunnel.</summary>
    public bool TakesRequestsTo(Uri url) => url.Scheme == Uri.UriSchemeHttp && Covers(url);

    /// <summary>Connections to it are shared by many receivers, so each request is judged.</summary>
    /// <exception cref="TargetRefusedException">Webhooks may not go there.</exception>
    public void Demand(Uri url)
    {
        if (Covers(url) && !targets.MayCallThroughProxy(url))
        {
            throw new TargetRefusedException();
        }
    }

    /// <inheritdoc />
    public Uri GetProxy(Uri destination) => address;

    /// <inheritdoc />
    public bool IsBypassed(Uri host) => !TakesRequestsTo(host);

    /// <summary>What stands for the addresses of a name that only the proxy knows: each name gets slots of its own.</summary>
    public static HostLookup.Found StandIn(string host)
    {
        byte[] bytes = [.. Discard, .. XxHash64.Hash(Encoding.UTF8.GetBytes(host.ToLowerInvariant()))];
        return new HostLookup.Found([new IPAddress(bytes)]);
    }

    /// <summary>Asks it for a tunnel to a receiver.</summary>
    /// <param name="connection">To the proxy; from then on to the receiver.</param>
    /// <param name="receiver">Whom to connect to.</param>
    /// <param name="cancellationToken">Ends the waiting; the connection is then of no use.</param>
    /// <exception cref="EgressRefusedException">It did not connect.</exception>
    public async Task OpenTunnelAsync(Stream connection, DnsEndPoint receiver, CancellationToken cancellationToken)
    {
        var host = receiver.Host.Contains(':', StringComparison.Ordinal) ? $"[{receiver.Host}]" : receiver.Host;
        var authority = string.Create(CultureInfo.InvariantCulture, $"{host}:{receiver.Port}");
        var authorization = Authorization is null ? string.Empty : $"Proxy-Authorization: {Authorization}\r\n";
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(TunnelTimeout);
        string? status;
        try
        {
            await connection.WriteAsync(
                Encoding.ASCII.GetBytes($"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n{authorization}\r\n"), limited.Token);
            status = await ReadStatusAsync(connection, limited.Token);
        }
        catch (Exception error) when (error is IOException
            || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            status = null;
        }

        if (status is not ['2', ..])
        {
            LogRefused(receiver.Host, receiver.Port, status ?? "nothing, or not by HTTP");
            throw new EgressRefusedException();
        }
    }

    /// <returns>Three digits; null if it is no answer of HTTP, or more came than an answer: a receiver's TLS never speaks first.</returns>
    private static async Task<string?> ReadStatusAsync(Stream connection, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxAnswerBytes];
        for (var length = 0; length < buffer.Length;)
        {
            var read = await connection.ReadAsync(buffer.AsMemory(length), cancellationToken);
            length += read;
            var end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (end >= 0 || read == 0)
            {
                return end == length - 4 && buffer.AsSpan().StartsWith("HTTP/1."u8) && buffer[8] == ' '
                    ? Encoding.ASCII.GetString(buffer, 9, 3) : null;
            }
        }

        return null;
    }

    private static NetworkCredential CredentialOf(string userInfo)
    {
        var parts = userInfo.Split(':', 2);
        return new NetworkCredential(Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts.ElementAtOrDefault(1) ?? string.Empty));
    }

    private sealed class Tunnels(EgressProxy proxy, ICredentials? credentials) : IWebProxy
    {
        public ICredentials? Credentials { get; set; } = credentials;

        public Uri GetProxy(Uri destination) => proxy.address;

        public bool IsBypassed(Uri host) => !proxy.Covers(host);
    }

    [LoggerMessage(3106, LogLevel.Warning, "The egress proxy did not connect to {Host} port {Port}; it answered {Status}")]
    private partial void LogRefused(string host, int port, string status);
}
