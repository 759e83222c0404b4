using Contracts.Timers;
using Runner.Timers.Delivery;
using Tests.Support;

namespace Tests.Runner;

/// <summary>The lease is asked where the bytes are written, not where the sending was decided.</summary>
public sealed class LeasedSendingTests
{
    private readonly RunnerParts.SwitchedLease lease = new() { CanLapse = true };
    private WebhookExchange exchange = null!;

    [SetUp]
    public void Start()
    {
        lease.IsLive = true;
        exchange = RunnerParts.CreateExchange(Clocks.AtNoon(), lease);
    }

    [TearDown]
    public void Stop() => exchange.Dispose();

    [Test]
    public async Task A_live_lease_sends()
    {
        await using var receiver = await Receiver.StartAsync();

        var result = await exchange.RunAsync(Timer(receiver), default);

        Assert.That((result.Status, receiver.Count), Is.EqualTo((200, 1)));
    }

    [Test]
    public async Task A_lapsed_lease_sends_nothing_on_a_new_connection_and_nothing_on_a_used_one([Values] bool isUsed)
    {
        await using var receiver = await Receiver.StartAsync();
        if (isUsed)
        {
            await exchange.RunAsync(Timer(receiver), default);
        }

        lease.IsLive = false;
        var result = await exchange.RunAsync(Timer(receiver), default);

        Assert.That(result, Is.SameAs(Exchange.NotBegun));
        Assert.That(receiver.Count, Is.EqualTo(isUsed ? 1 : 0));
    }

    [Test]
    public async Task A_claim_of_an_earlier_name_is_not_sent_under_the_new_one()
    {
        await using var receiver = await Receiver.StartAsync();
        var timer = Timer(receiver) with { Runner = Guid.NewGuid() };

        Assert.That(await exchange.RunAsync(timer, default), Is.SameAs(Exchange.NotBegun));
        Assert.That(receiver.Count, Is.Zero);
    }

    private static ClaimedTimer Timer(Receiver receiver) => new(
        Guid.NewGuid(), new ClaimToken(1), Clocks.Noon, Clocks.Noon, 1, 0, 0, new TimerSpec { Url = receiver.At("/hook") });
}
