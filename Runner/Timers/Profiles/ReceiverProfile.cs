using Runner.Timers.Receivers;

namespace Runner.Timers.Profiles;

/// <summary>How one tenant's webhooks reach one destination that wants something special of them.</summary>
internal sealed class ReceiverProfile : IDisposable
{
    /// <summary>How long a connection to a token endpoint may take.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private readonly HttpMessageInvoker? endpoint;

    /// <param name="settings">What an operator has written down.</param>
    /// <param name="files">What is in the files.</param>
    /// <param name="connections">Opens and keeps the connections to receivers.</param>
    /// <param name="time">Tells when tokens expire.</param>
    public ReceiverProfile(ReceiverSettings settings, ReceiverFiles files, ReceiverConnections connections, TimeProvider time)
    {
        // Connections of its own: on those of others nobody has shown a certificate, or somebody else has.
        Http = files.Tls is null ? null : ReceiverHttp.Create(connections, files.Tls);
        if (settings.Tokens is { } tokens)
        {
            endpoint = CreateEndpoint(files, connections.Proxy);
            Tokens = new AccessTokens(tokens, files.ClientSecret, endpoint, time);
        }
    }

    /// <summary>What to send requests with; null for what all use.</summary>
    public HttpMessageInvoker? Http { get; }

    /// <summary>What requests carry; null for nothing.</summary>
    public AccessTokens? Tokens { get; }

    /// <inheritdoc />
    public void Dispose()
    {
        Http?.Dispose();
        endpoint?.Dispose();
    }

    /// <summary>An operator has named the endpoint, so it may be anywhere.</summary>
    private static HttpMessageInvoker CreateEndpoint(ReceiverFiles files, EgressProxy? proxy)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = proxy is not null,
            Proxy = proxy?.ForAll,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxResponseHeadersLength = 64,
            SslOptions = files.Tls ?? new() { CertificateChainPolicy = ReceiverHttp.ChainPolicy() },
        };
        return new HttpMessageInvoker(handler);
    }
}
