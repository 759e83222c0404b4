using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Contracts.Timers;
using Infrastructure.Storage;
using Infrastructure.Targets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Runner.Timers.Delivery;
using Runner.Timers.Receivers;
using Tests.Support;

namespace Tests.Runner;

/// <summary>
/// Connections to receivers: a bounded number, of which idle ones make room, and nothing else that a receiver could make us open.
/// </summary>
public sealed class ReceiverConnectionsTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);
    private readonly RunnerParts.SwitchedLease lease = new();

    [Test]
    public async Task An_idle_connection_makes_room_for_another_receiver()
    {
        var connections = new ReceiverConnections(new HostLookups(TimeProvider.System), limit: 2);
        using var exchange = new WebhookExchange(new WallClock(Clocks.AtNoon()), lease, connections);
        var receivers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Receiver.StartAsync()));
        try
        {
            for (var round = 0; round < 3; round++)
            {
                foreach (var receiver in receivers)
                {
                    Assert.That((await exchange.RunAsync(Timer(receiver), default)).Status, Is.EqualTo(200));
                    Assert.That(connections.Open, Is.LessThanOrEqualTo(2));
                }
            }

            Assert.That(receivers.Select(receiver => receiver.Count), Is.All.EqualTo(3));
        }
        finally
        {
            await Task.WhenAll(receivers.Select(receiver => receiver.DisposeAsync().AsTask()));
        }
    }

    [TestCase("10.0.0.1")]
    [TestCase("93.184.215.14", "169.254.169.254")]
    public async Task A_name_that_leads_inside_is_not_connected_to_and_gives_no_hint(params string[] addresses)
    {
        using var lookups = new HostLookups(TimeProvider.System, _ => [.. addresses.Select(IPAddress.Parse)]);
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var targets = new TargetPolicy(
            Options.Create(new TargetOptions()), services.GetRequiredService<IMeterFactory>(), NullLogger<TargetPolicy>.Instance);
        var connections = new ReceiverConnections(lookups, limit: 2, targets);
        using var exchange = new WebhookExchange(new WallClock(Clocks.AtNoon()), lease, connections);
        var timer = Timer(new Uri("http://rebound.example/hook"));

        var result = await exchange.RunAsync(timer, default);

        Assert.That((result.Error, result.Status, result.CertainlyUnsent, result.IsFinal),
            Is.EqualTo((TargetPolicy.AttemptReason, (int?)null, true, true)));
        Assert.That(connections.Open, Is.Zero);
    }

    [Test]
    public async Task Connections_in_use_stay_and_what_finds_no_room_is_a_shortage_of_ours()
    {
        await using var hanging = await Receiver.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await using var other = await Receiver.StartAsync();
        using var exchange = RunnerParts.CreateExchange(Clocks.AtNoon(), lease, maxConnections: 2);
        using var stop = new CancellationTokenSource();
        Task<Exchange>[] waiting = [exchange.RunAsync(Timer(hanging), stop.Token), exchange.RunAsync(Timer(hanging), stop.Token)];
        await Eventually.That(() => hanging.Count == 2, MaxWait, "both are under way");

        Assert.That(
            () => exchange.RunAsync(Timer(other), default),
            Throws.InstanceOf<ShortageException>().With.Property("Shortage").EqualTo(Shortage.Connections));
        Assert.That(other.Count, Is.Zero);

        await stop.CancelAsync();
        await Task.WhenAll(waiting);
        await Eventually.That(
            async () => await TriedAsync(() => exchange.RunAsync(Timer(other), default)) is { Status: 200 }, MaxWait,
            "there is room again");
    }

    [Test]
    public async Task Many_exchanges_over_few_connections_are_each_sent_once()
    {
        var receivers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Receiver.StartAsync()));
        using var exchange = RunnerParts.CreateExchange(Clocks.AtNoon(), lease, maxConnections: 4);
        var sent = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 600), new ParallelOptions { MaxDegreeOfParallelism = 3 }, async (i, _) =>
            {
                while (await TriedAsync(() => exchange.RunAsync(Timer(receivers[i % receivers.Length]), default)) is not { Status: 200 })
                {
                    // Handed back: tried again, as the Runner does.
                }

                Interlocked.Increment(ref sent);
            });

        Assert.That((sent, receivers.Sum(receiver => receiver.Count)), Is.EqualTo((600, 600)));
        await Task.WhenAll(receivers.Select(receiver => receiver.DisposeAsync().AsTask()));
    }

    [Test]
    public async Task What_a_certificate_names_is_not_fetched()
    {
        await using var named = await Receiver.StartAsync();
        using var certificate = CreateCertificate(named.At("/issuer.cer"));
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var serving = ServeAsync(server, certificate);
        using var exchange = RunnerParts.CreateExchange(Clocks.AtNoon(), lease);
        var url = new Uri($"https://localhost:{((IPEndPoint)server.LocalEndpoint).Port}/hook");

        var result = await exchange.RunAsync(RunnerParts.Claimed(Clocks.Noon, new TimerSpec { Url = url }), default);

        Assert.That(result.Error, Does.StartWith("no secure connection"));
        Assert.That(result.CertainlyUnsent, Is.True);
        Assert.That(named.Count, Is.Zero, "the address in the certificate was fetched");
        await serving;
    }

    /// <summary>A record of TLS 1.0 with an alert: fatal, and which.</summary>
    [TestCase(new byte[] { 21, 3, 1, 0, 2, 2, 70 }, "does not accept TLS 1.2 or 1.3")]
    [TestCase(new byte[] { 21, 3, 3, 0, 2, 2, 40 }, "refused the handshake")]
    [TestCase(new byte[] { 21, 3, 3, 0, 2, 2, 112 }, "no certificate for this name")]
    [TestCase(new byte[] { 72, 84, 84, 80, 47, 49, 46, 49, 32, 52, 48, 48, 32, 66, 97, 100, 13, 10, 13, 10 }, "does not speak TLS")]
    [TestCase(new byte[0], "closed the connection")]
    public async Task A_handshake_that_fails_says_why(byte[] answer, string reason)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var serving = Task.Run(async () =>
        {
            using var client = await server.AcceptTcpClientAsync();
            await client.GetStream().ReadExactlyAsync(new byte[5]);
            await client.GetStream().WriteAsync(answer);
        });
        using var exchange = RunnerParts.CreateExchange(Clocks.AtNoon(), lease);
        var url = new Uri($"https://localhost:{((IPEndPoint)server.LocalEndpoint).Port}/hook");

        var result = await exchange.RunAsync(RunnerParts.Claimed(Clocks.Noon, new TimerSpec { Url = url }), default);

        await serving;
        Assert.That(result.Error, Does.StartWith("no secure connection: ").And.Contain(reason).And.Not.Contain("inner exception"));
        Assert.That(result.CertainlyUnsent, Is.True);
    }

    [Test]
    public async Task A_name_without_an_address_is_an_attempt_that_sent_nothing()
    {
        using var lookups = new HostLookups(TimeProvider.System, _ => throw new SocketException((int)SocketError.HostNotFound));
        using var exchange = RunnerParts.CreateExchange(Clocks.AtNoon(), lease, lookups);
        var spec = new TimerSpec { Url = new Uri("http://nowhere.example/hook") };

        var result = await exchange.RunAsync(RunnerParts.Claimed(Clocks.Noon, spec), default);

        Assert.That((result.Error, result.CertainlyUnsent), Is.EqualTo(("the host name cannot be resolved", true)));
    }

    [TestCase("BAD METHOD")]
    [TestCase("")]
    public async Task A_stored_method_that_cannot_be_sent_is_an_attempt_with_its_reason(string method)
    {
        await using var receiver = await Receiver.StartAsync();
        using var exchange = RunnerParts.CreateExchange(Clocks.AtNoon(), lease);
        var spec = new TimerSpec { Url = receiver.At("/hook"), Method = method };

        var result = await exchange.RunAsync(RunnerParts.Claimed(Clocks.Noon, spec), default);

        Assert.That((result.Error is null, result.CertainlyUnsent), Is.EqualTo((false, true)));
        Assert.That(receiver.Count, Is.Zero);
    }

    private static ClaimedTimer Timer(Receiver receiver) => Timer(receiver.At("/hook"));

    private static ClaimedTimer Timer(Uri url) => RunnerParts.Claimed(Clocks.Noon, new TimerSpec { Url = url });

    private static async Task<Exchange?> TriedAsync(Func<Task<Exchange>> run)
    {
        try
        {
            return await run();
        }
        catch (ShortageException)
        {
            return null;
        }
    }

    private static async Task ServeAsync(TcpListener server, X509Certificate2 certificate)
    {
        using var client = await server.AcceptTcpClientAsync();
        await using var secure = new SslStream(client.GetStream());
        try
        {
            // Offline, or the server itself would fetch the certificate's issuer.
            await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true),
            });
            await secure.ReadExactlyAsync(new byte[1]);
        }
        catch (Exception error) when (error is IOException or System.Security.Authentication.AuthenticationException)
        {
            // The client does not trust it, which is right.
        }
    }

    /// <summary>One whose issuer is not sent along, but can be had at an address that it names.</summary>
    private static X509Certificate2 CreateCertificate(Uri issuer)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=Tests", issuerKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var signer = authority.CreateSelfSigned(now.AddDays(-2), now.AddDays(2));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([issuer.AbsoluteUri], [issuer.AbsoluteUri]));
        using var leaf = request.Create(signer, now.AddDays(-1), now.AddDays(1), [1, 2, 3, 4]);
        using var withKey = leaf.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), password: null);
    }
}
