using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Contracts.Signing;
using Contracts.Storage;
using Contracts.Timers;
using Runner.Timers.Receivers;

namespace Runner.Timers.Delivery;

/// <summary>Sends one webhook to itself while the program starts: the first real one would else wait for code to be compiled.</summary>
/// <remarks>
/// It has connections and a lease of its own, listens on loopback for as long as it takes, and shows up in no figure. Where it fails, the
/// first webhook comes some 20 ms later.
/// </remarks>
internal static class WarmUp
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    /// <returns>How it went.</returns>
    public static async Task<Exchange> SendAsync(TimeProvider time)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(backlog: 1);
        var answering = AnswerAsync(listener);
        var result = await SendAsync(time, new Uri($"http://{listener.LocalEndpoint}/"));
        listener.Stop();
        await answering;
        return result;
    }

    private static async Task<Exchange> SendAsync(TimeProvider time, Uri url)
    {
        using var lookups = new HostLookups(time);
        using var meters = new Unseen();
        using var exchange = new WebhookExchange(
            new Clock(time), new Lease(), new ReceiverConnections(lookups, limit: 1), new Secrets(), unseen: meters);
        var now = time.GetUtcNow();
        var spec = new TimerSpec { Url = url, Timeout = Timeout, Headers = new Dictionary<string, string> { ["warm-up"] = "1" } };
        var timer = new ClaimedTimer(Guid.Empty, new ClaimToken(0), now, now, Occurrence: 1, Attempts: 0, AttemptsBeforeReplay: 0, spec);
        return await exchange.RunAsync(timer, CancellationToken.None);
    }

    private static async Task AnswerAsync(TcpListener listener)
    {
        try
        {
            using var client = await listener.AcceptTcpClientAsync();
            await using var stream = client.GetStream();
            var buffer = new byte[4096];
            _ = await stream.ReadAsync(buffer);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\nok"u8.ToArray());

            // The sender closes, after it has read.
            while (await stream.ReadAsync(buffer) > 0)
            {
                // What is left of the request.
            }
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
        {
            // The sender has ended.
        }
    }

    private sealed class Clock(TimeProvider time) : IStoreClock
    {
        public DateTimeOffset Now => time.GetUtcNow();
    }

    /// <summary>Signing is warmed up, too.</summary>
    private sealed class Secrets : ISigningSecrets
    {
        private readonly SigningKeys keys = new(new HmacSecret(new byte[WebhookSecret.MinBytes]));

        public SigningKeys Find(string tenant, Uri url) => keys;
    }

    private sealed class Lease : IRunnerLease
    {
        public Guid Runner => Guid.Empty;

        public bool CanLapse => false;

        public bool MaySend(Guid runner) => true;
    }

    /// <summary>Meters under a name that nothing exports. A type of its own: the services have another factory of meters.</summary>
    internal sealed class Unseen : IMeterFactory
    {
        private readonly Meter meter = new("timers.warm-up");

        public Meter Create(MeterOptions options) => meter;

        public void Dispose() => meter.Dispose();
    }
}
