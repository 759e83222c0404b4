using System.Net;
using System.Net.Sockets;
using System.Text;
using Contracts.Timers;
using Infrastructure.Storage;
using Infrastructure.Targets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Runner.Timers.Delivery;
using Runner.Timers.Profiles;
using Runner.Timers.Receivers;
using Tests.Support;

namespace Tests.Runner;

/// <summary>Webhooks through an egress proxy: a real one, which alone knows where names lead.</summary>
public sealed class EgressProxyTests
{
    private readonly List<string> lookedUp = [];
    private HostLookups lookups = null!;

    [SetUp]
    public void Open() => lookups = new HostLookups(TimeProvider.System, host =>
    {
        lookedUp.Add(host);
        return host == "proxy.example" ? [IPAddress.Loopback] : throw new SocketException((int)SocketError.HostNotFound);
    });

    [TearDown]
    public void Close() => lookups.Dispose();

    [Test]
    public async Task Over_HTTP_requests_are_sent_to_it_in_absolute_form_and_each_reaches_its_own_receiver()
    {
        await using var one = await Receiver.StartAsync();
        await using var two = await Receiver.StartAsync();
        await using var proxy = new EgressServer(
            new Dictionary<string, int> { ["one.example"] = one.Url.Port, ["two.example"] = two.Url.Port });
        using var exchange = Exchange($"http://us%20er:pa%3Ass@proxy.example:{proxy.Port}");

        foreach (var url in new[] { "http://one.example/a/%2e%2e/b?c=%7E", "http://two.example:8080/hook", "http://one.example" })
        {
            var result = await SendAsync(exchange, url);
            Assert.That((result.Status, result.Error), Is.EqualTo((200, (string?)null)), url);
        }

        var credential = $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("us er:pa:ss"))}";
        Assert.That(proxy.Requests, Is.EqualTo(new[]
        {
            ("POST http://one.example/a/%2e%2e/b?c=%7E HTTP/1.1", credential), ("POST http://two.example:8080/hook HTTP/1.1", credential),
            ("POST http://one.example/ HTTP/1.1", credential),
        }));
        Assert.That((one.Count, two.Count), Is.EqualTo((2, 1)));
        Assert.That(one.Journal[0].Headers, Does.Not.ContainKey("Proxy-Authorization"));
        Assert.That(lookedUp, Is.All.EqualTo("proxy.example"), "it resolves names itself");
    }

    [Test]
    public async Task Over_HTTPS_it_only_sees_a_tunnel()
    {
        using var authority = new TestAuthority();
        using var folder = new TemporaryFolder();
        using var certificate = authority.IssueServer("bank.example");
        await using var bank = await Receiver.StartAsync(tls: https => https.ServerCertificate = certificate);
        await using var proxy = new EgressServer(new Dictionary<string, int> { ["bank.example"] = bank.Url.Port });
        File.WriteAllText(folder.File("receivers.json"), $$"""
            { "receivers": [{ "destination": "https://bank.example", "roots": "{{authority.WriteRoots(folder)}}" }] }
            """);
        using var exchange = Exchange($"http://proxy.example:{proxy.Port}", profiles: folder.File("receivers.json"));

        for (var i = 0; i < 2; i++)
        {
            var result = await SendAsync(exchange, "https://bank.example/hook");
            Assert.That((result.Status, result.Error), Is.EqualTo((200, (string?)null)));
        }

        Assert.That(proxy.Requests, Is.EqualTo(new[] { ("CONNECT bank.example:443 HTTP/1.1", (string?)null) }), "one connection is kept");
        Assert.That(bank.Journal.Select(each => each.Path), Is.EqualTo(new[] { "/hook", "/hook" }));
    }

    [TestCase("403")]
    [TestCase("407")]
    [TestCase("502")]
    public async Task A_tunnel_that_it_refuses_is_an_attempt_that_sent_nothing_and_gives_no_hint(string status)
    {
        await using var proxy = new EgressServer(new Dictionary<string, int>(), refuses: status);
        using var exchange = Exchange($"http://proxy.example:{proxy.Port}");

        var result = await SendAsync(exchange, "https://inside.example/hook");

        Assert.That(
            (result.Status, result.Error, result.CertainlyUnsent, result.IsFinal),
            Is.EqualTo(((int?)null, "the egress proxy did not connect to the receiver", true, false)));
    }

    [TestCase("http://one.example/hook")]
    [TestCase("https://one.example/hook")]
    public async Task Without_it_nothing_is_sent_and_no_receiver_is_to_blame(string url)
    {
        int port;
        await using (var gone = new EgressServer(new Dictionary<string, int>()))
        {
            port = gone.Port;
        }

        using var dead = Exchange($"http://proxy.example:{port}");
        using var unknown = Exchange("http://nowhere.example:3128");
        foreach (var exchange in new[] { dead, unknown })
        {
            Assert.That(
                async () => await SendAsync(exchange, url),
                Throws.TypeOf<ShortageException>().With.Property(nameof(ShortageException.Shortage)).EqualTo(Shortage.Proxy));
        }
    }

    [Test]
    public async Task Loopback_and_what_is_excepted_are_called_directly()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var proxy = new EgressServer(new Dictionary<string, int>(), refuses: "403");
        using var near = new HostLookups(TimeProvider.System, _ => [IPAddress.Loopback]);
        using var exchange = Exchange($"http://proxy.example:{proxy.Port}", except: "*.near.example", with: near);

        foreach (var host in new[] { "127.0.0.1", "localhost", "[::1]", "a.near.example" })
        {
            var result = await SendAsync(exchange, $"http://{host}:{receiver.Url.Port}/{host.Length}");
            Assert.That(result.Status, Is.EqualTo(host == "[::1]" ? (int?)null : 200), "the receiver listens on IPv4 only");
        }

        Assert.That((receiver.Count, proxy.Requests.Count), Is.EqualTo((3, 0)));
    }

    [Test]
    public async Task Each_request_is_judged_by_its_name_though_connections_are_shared()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var proxy = new EgressServer(
            new Dictionary<string, int> { ["good.example"] = receiver.Url.Port, ["bad.example"] = receiver.Url.Port });
        using var exchange = Exchange($"http://proxy.example:{proxy.Port}", deny: "bad.example");

        Assert.That((await SendAsync(exchange, "http://good.example/hook")).Status, Is.EqualTo(200));
        foreach (var url in new[] { "http://bad.example/hook", "http://10.0.0.1/hook", "http://metadata.google.internal/hook" })
        {
            var result = await SendAsync(exchange, url);
            Assert.That((result.Error, result.CertainlyUnsent, result.IsFinal), Is.EqualTo((TargetPolicy.AttemptReason, true, true)), url);
        }

        Assert.That(proxy.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public void Receivers_behind_it_have_slots_of_their_own()
    {
        var (one, two) = (EgressProxy.StandIn("one.example"), EgressProxy.StandIn("two.example"));

        Assert.That(EgressProxy.StandIn("ONE.example").Addresses, Is.EqualTo(one.Addresses));
        Assert.That(two.Addresses, Is.Not.EqualTo(one.Addresses));
        Assert.That(IPNetwork.Parse("100::/64").Contains(one.Addresses[0]), Is.True);
    }

    private WebhookExchange Exchange(
        string proxy, string deny = "", string except = "", string? profiles = null, HostLookups? with = null)
    {
        var targets = TestTargets.Create(options => (options.Proxy, options.Deny, options.ProxyExcept) = (proxy, deny, except));
        var connections = new ReceiverConnections(
            with ?? lookups, limit: 100, targets, EgressProxy.Of(targets, NullLogger<EgressProxy>.Instance));
        return new WebhookExchange(
            new WallClock(Clocks.AtNoon()), new RunnerParts.SwitchedLease(), connections,
            profiles: new ReceiverProfiles(
                Options.Create(new ReceiverOptions { File = profiles }), connections, TimeProvider.System,
                NullLogger<ReceiverProfiles>.Instance));
    }

    private static Task<Exchange> SendAsync(WebhookExchange exchange, string url) =>
        exchange.RunAsync(RunnerParts.Claimed(Clocks.Noon, new TimerSpec { Url = new Uri(url) }), default);
}
