using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;

namespace Runner.Timers.Receivers;

/// <summary>HTTP to receivers, over the Runner's own connections.</summary>
internal static class ReceiverHttp
{
    /// <summary>Of a request without content, which .NET would send once more.</summary>
    public static readonly HttpRequestOptionsKey<SendPermit> Permit = new("permit");

    /// <param name="connections">Opens and keeps the connections.</param>
    /// <param name="tls">What is expected of receivers' certificates, and shown to them; null for what the system trusts.</param>
    /// <param name="unseen">Takes the figures of what is no webhook; null for webhooks.</param>
    public static HttpMessageInvoker Create(
        ReceiverConnections connections, SslClientAuthenticationOptions? tls = null, IMeterFactory? unseen = null) =>
        new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = connections.Proxy is not null,
            Proxy = connections.Proxy,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = 64,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ResponseDrainTimeout = TimeSpan.Zero,
            MeterFactory = unseen ?? connections.Meters,
            ActivityHeadersPropagator = unseen is null ? DistributedContextPropagator.Current : null,
            ConnectCallback = async (context, cancellationToken) =>
            {
                var request = context.InitialRequestMessage;
                if (request.Options.TryGetValue(Permit, out var permit))
                {
                    permit.DemandFirst();
                }

                return await connections.ConnectAsync(context.DnsEndPoint, request.RequestUri!, cancellationToken);
            },

            // The last moment before bytes are sent: getting a connection may have taken longer than the lease lasts.
            PlaintextStreamFilter = (context, _) => ValueTask.FromResult<Stream>(
                new ReceiverStream(context.PlaintextStream, SocketOf(context.PlaintextStream), connections)),
            SslOptions = tls ?? new SslClientAuthenticationOptions { CertificateChainPolicy = ChainPolicy() },
        });

    /// <summary>A certificate may name any address, internal ones too: what a receiver does not bring along is not fetched.</summary>
    public static X509ChainPolicy ChainPolicy() => new()
    {
        DisableCertificateDownloads = true,
        RevocationMode = X509RevocationMode.NoCheck,
    };

    private static ReceiverSocket SocketOf(Stream connection) =>
        connection as ReceiverSocket ?? (ReceiverSocket)InnerOf((AuthenticatedStream)connection);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_InnerStream")]
    private static extern Stream InnerOf(AuthenticatedStream connection);
}
