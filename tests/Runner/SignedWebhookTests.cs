using System.Security.Cryptography;
using System.Text;
using Contracts.Common;
using Contracts.Signing;
using Contracts.Timers;
using Infrastructure.Storage;
using Runner.Timers.Delivery;
using Runner.Timers.Receivers;
using Tests.Support;

namespace Tests.Runner;

/// <summary>What the sender signs, judged by what a real receiver got.</summary>
public sealed class SignedWebhookTests
{
    private static readonly byte[] Secret = RandomNumberGenerator.GetBytes(32);
    private static readonly byte[] Previous = RandomNumberGenerator.GetBytes(24);

    private readonly Secrets secrets = new();
    private Receiver receiver = null!;
    private WebhookExchange exchange = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        receiver = await Receiver.StartAsync();
        exchange = new WebhookExchange(
            new WallClock(Clocks.AtNoon()), new RunnerParts.SwitchedLease(),
            new ReceiverConnections(new HostLookups(TimeProvider.System), 100), secrets);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        exchange.Dispose();
        await receiver.DisposeAsync();
    }

    [SetUp]
    public void Reset() => (secrets.Keys, secrets.Asked, secrets.AreUnknown) = (new SigningKeys(new HmacSecret(Secret)), null, false);

    [TestCase("POST", """{ "a" : 1.50, "b":"größer" }""")]
    [TestCase("PUT", "text\n")]
    [TestCase("POST", "")]
    [TestCase("POST", null)]
    [TestCase("PATCH", null)]
    [TestCase("GET", null)]
    [TestCase("DELETE", null)]
    [TestCase("DELETE", "{}")]
    public async Task Every_webhook_is_signed_over_the_bytes_that_arrive(string method, string? body)
    {
        var arrival = await SendAsync(spec => spec with
        {
            Method = method,
            Body = body is null ? null : new RawContent(Encoding.UTF8.GetBytes(body), body.StartsWith('{')),
        });

        Assert.That(Verify(arrival, Secret), Is.EqualTo(SignatureVerdict.Valid), arrival.Headers["webhook-signature"]);
        Assert.That(Verify(arrival, Previous), Is.EqualTo(SignatureVerdict.Wrong));
        Assert.That(arrival.Headers["webhook-signature"], Does.Match("^v1,[A-Za-z0-9+/]{43}=$"));
    }

    [Test]
    public async Task Every_attempt_is_signed_with_its_own_timestamp_for_its_tenant_and_address()
    {
        await SendAsync(spec => spec, timer => timer with { Tenant = "acme", Attempts = 2 });

        Assert.That(secrets.Asked, Is.EqualTo(("acme", receiver.At("/hook"))));
    }

    [Test]
    public async Task While_a_secret_rotates_both_sign()
    {
        secrets.Keys = new SigningKeys(new HmacSecret(Secret), new HmacSecret(Previous), Clocks.Noon.AddSeconds(1));
        var during = await SendAsync(spec => spec);
        secrets.Keys = new SigningKeys(new HmacSecret(Secret), new HmacSecret(Previous), Clocks.Noon);
        var after = await SendAsync(spec => spec);

        Assert.That((Verify(during, Secret), Verify(during, Previous)), Is.EqualTo((SignatureVerdict.Valid, SignatureVerdict.Valid)));
        Assert.That(during.Headers["webhook-signature"].Split(' '), Has.Length.EqualTo(2));
        Assert.That((Verify(after, Secret), Verify(after, Previous)), Is.EqualTo((SignatureVerdict.Valid, SignatureVerdict.Wrong)));
    }

    [Test]
    public async Task Without_a_secret_nothing_is_signed_and_everything_else_is_the_same()
    {
        var signed = await SendAsync(spec => spec with { OwnId = "tour" });
        secrets.Keys = null;
        var unsigned = await SendAsync(spec => spec with { OwnId = "tour" });

        Assert.That(unsigned.Headers.Keys, Is.EquivalentTo(signed.Headers.Keys.Except(["webhook-signature"])));
        Assert.That(unsigned.Body, Is.EqualTo(signed.Body));
    }

    [Test]
    public void While_it_is_not_known_what_to_sign_with_nothing_is_sent_and_the_receiver_is_not_to_blame()
    {
        secrets.AreUnknown = true;
        var before = receiver.Count;

        Assert.That(
            async () => await SendAsync(spec => spec),
            Throws.TypeOf<ShortageException>().With.Property(nameof(ShortageException.Shortage)).EqualTo(Shortage.Secrets));
        Assert.That(receiver.Count, Is.EqualTo(before));
    }

    private static SignatureVerdict Verify(Arrival arrival, byte[] secret) => WebhookSignature.Verify(
        [secret], arrival.Headers["webhook-id"], arrival.Headers["webhook-timestamp"], arrival.Headers["webhook-signature"],
        Encoding.UTF8.GetBytes(arrival.Body), Clocks.Noon);

    private async Task<Arrival> SendAsync(Func<TimerSpec, TimerSpec> with, Func<ClaimedTimer, ClaimedTimer>? claimed = null)
    {
        var spec = with(new TimerSpec { Url = receiver.At("/hook") });
        var timer = new ClaimedTimer(
            Guid.NewGuid(), new ClaimToken(1), Clocks.Noon, Clocks.Noon, Occurrence: 1, Attempts: 0, AttemptsBeforeReplay: 0, spec);
        var result = await exchange.RunAsync(claimed?.Invoke(timer) ?? timer, CancellationToken.None);
        Assert.That(result.Error, Is.Null);
        return receiver.Journal[^1];
    }

    private sealed class Secrets : ISigningSecrets
    {
        public SigningKeys? Keys { get; set; }

        public (string Tenant, Uri Url)? Asked { get; set; }

        public bool AreUnknown { get; set; }

        public SigningKeys? Find(string tenant, Uri url)
        {
            Asked = (tenant, url);
            return AreUnknown ? throw new SigningSecretsUnavailableException("Not yet.") : Keys;
        }
    }
}
