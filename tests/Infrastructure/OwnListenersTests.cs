using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Contracts.Timers;
using Infrastructure.Access;
using Infrastructure.Storage;
using Infrastructure.Targets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Runner.Timers.Delivery;
using Runner.Timers.Receivers;
using Tests.Runner;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>The service's own listeners as destinations of webhooks: refused by the address that is connected to.</summary>
public sealed class OwnListenersTests
{
    private static readonly IPAddress? OfInterface = NetworkInterface.GetAllNetworkInterfaces()
        .SelectMany(each => each.GetIPProperties().UnicastAddresses).Select(each => each.Address)
        .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address));

    [TestCase("http://127.0.0.1:3000", "127.0.0.1", 3000, true)]
    [TestCase("http://127.0.0.1:3000", "::ffff:127.0.0.1", 3000, true)]
    [TestCase("http://127.0.0.1:3000", "0.0.0.0", 3000, true)]
    [TestCase("http://127.0.0.1:3000", "127.0.0.1", 3001, false)]
    [TestCase("http://127.0.0.1:3000", "127.0.0.2", 3000, false)]
    [TestCase("http://127.0.0.1:3000", "::1", 3000, false)]
    [TestCase("http://127.0.0.1:3000", "10.9.8.7", 3000, false)]
    [TestCase("http://localhost:3000", "::1", 3000, true)]
    [TestCase("http://localhost:3000", "127.0.0.1", 3000, true)]
    [TestCase("http://[::1]:3000", "::1", 3000, true)]
    [TestCase("http://[::1]:3000", "::", 3000, true)]
    [TestCase("https://0.0.0.0:3443", "127.0.0.2", 3443, true)]
    [TestCase("http://[::]:3000", "127.0.0.1", 3000, true)]
    [TestCase("http://+:80", "127.0.0.1", 80, true)]
    [TestCase("http://*:3000", "::1", 3000, true)]
    [TestCase("http://*:3000", "10.9.8.7", 3000, false)]
    [TestCase("http://timers.example.com:3000", "127.0.0.1", 3000, true)]
    [TestCase("http://unix:/tmp/timers.sock", "127.0.0.1", 80, false)]
    public void A_listener_is_reached_by_what_it_is_bound_to(string listens, string address, int port, bool isReached) =>
        Assert.That(ListensAt(listens).IsReachedBy(IPAddress.Parse(address), port), Is.EqualTo(isReached));

    [Test]
    public void One_that_is_bound_to_all_addresses_is_reached_by_those_of_interfaces()
    {
        if (OfInterface is null)
        {
            Assert.Ignore("This machine has no other address than loopback.");
        }

        Assert.That(ListensAt("http://0.0.0.0:3000").IsReachedBy(OfInterface!, 3000), Is.True);
        Assert.That(ListensAt("http://127.0.0.1:3000").IsReachedBy(OfInterface!, 3000), Is.False);
    }

    [TestCase("http://127.0.0.1:3000/api/v1/keys", "", false)]
    [TestCase("http://localhost:3000/", "", false)]
    [TestCase("http://127.0.0.1:3001/", "", true)]
    [TestCase("http://127.0.0.1:3000/", "127.0.0.0/8", false)]
    [TestCase("http://localhost:3000/", "localhost", false)]
    [TestCase("http://127.0.0.1:3000/", "127.0.0.1:3000", true)]
    [TestCase("http://localhost:3000/", "localhost:3000", true)]
    public void It_is_refused_at_creation_unless_a_rule_names_its_port(string url, string allow, bool isTaken) => Assert.That(
        TestTargets.Create(options => options.Allow = allow, new Own(3000)).MayName(new Uri(url)), Is.EqualTo(isTaken));

    [Test]
    public async Task A_name_that_leads_there_is_refused_when_it_is_connected_to()
    {
        await using var service = await Receiver.StartAsync();
        await using var other = await Receiver.StartAsync();
        using var lookups = new HostLookups(TimeProvider.System, _ => [IPAddress.Loopback]);
        var targets = TestTargets.Create(own: new Own(service.Url.Port));
        using var exchange = new WebhookExchange(
            new WallClock(Clocks.AtNoon()), new RunnerParts.SwitchedLease(), new ReceiverConnections(lookups, limit: 10, targets));

        var own = await SendAsync(service.Url.Port);
        var elsewhere = await SendAsync(other.Url.Port);

        Assert.That(
            (own.Error, own.CertainlyUnsent, own.IsFinal), Is.EqualTo((TargetPolicy.AttemptReason, true, true)), "one error for all");
        Assert.That((elsewhere.Status, service.Count), Is.EqualTo((200, 0)));

        Task<Exchange> SendAsync(int port) => exchange.RunAsync(
            RunnerParts.Claimed(Clocks.Noon, new TimerSpec { Url = new Uri($"http://innocent.example.com:{port}/hook") }), default);
    }

    [Test]
    public async Task The_real_service_refuses_itself_once_there_are_keys_and_not_before()
    {
        await using var open = new HostedStandalone();
        using var anybody = open.CreateClient();
        var before = await Producer.Answer.ReadAsync(await anybody.PostAsync("/api/v1/timers", Body(anybody)));
        Assert.That(before.Status, Is.EqualTo(201), before.Text);

        await using var closed = new HostedStandalone(withKeys: true);
        using var keyed = closed.CreateClient();
        keyed.DefaultRequestHeaders.Add("X-Api-Key", HostedKeys.First.Text);
        var after = await Producer.Answer.ReadAsync(await keyed.PostAsync("/api/v1/timers", Body(keyed)));
        after.AssertWrong("url");
        Assert.That(after.Text, Does.Contain(TargetPolicy.Reason));

        static HttpContent Body(HttpClient client) => System.Net.Http.Json.JsonContent.Create(
            new { url = new Uri(client.BaseAddress!, "/api/v1/keys"), delay = "PT1H" });
    }

    private static Listening ListensAt(string address) =>
        new(new ServiceCollection().AddSingleton<IServer>(new Server(address)).BuildServiceProvider());

    private sealed class Own(int own) : IOwnListeners
    {
        public bool Refuse(IPAddress address, int port) => IPAddress.IsLoopback(address) && port == own;
    }

    private sealed class Server : IServer
    {
        public Server(string address)
        {
            var addresses = new ServerAddressesFeature();
            addresses.Addresses.Add(address);
            Features.Set<IServerAddressesFeature>(addresses);
        }

        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
            // It has nothing.
        }
    }
}
