using Contracts.Common;
using Contracts.Events;
using Contracts.Sites;
using Contracts.Storage;
using Microsoft.Extensions.Time.Testing;
using Producer.Sites;
using Tests.Support;

namespace Tests.Producer.Sites;

/// <summary>The salts of days, and the visitors that they tell apart.</summary>
public sealed class DailySaltTests
{
    private static readonly DateOnly Today = DateOnly.FromDateTime(Clocks.Noon.UtcDateTime);
    private readonly FakeTimeProvider clock = Clocks.AtNoon();
    private Salts store = null!;
    private DailySalt salts = null!;

    [SetUp]
    public void Start() => (store, salts) = (new Salts(), null!);

    private DailySalt Daily => salts ??= new DailySalt(store, clock);

    [Test]
    public async Task A_store_that_is_down_at_midnight_holds_up_nothing()
    {
        var today = await Daily.FindAsync(Today, Today, default);
        store.IsDown = true;

        Assert.That(await Daily.FindAsync(Today, Today, default), Is.EqualTo(today));
        var tomorrow = await Daily.FindAsync(Today.AddDays(1), Today.AddDays(1), default);
        Assert.That(tomorrow, Is.Not.EqualTo(today).And.EqualTo(store.Known[Today.AddDays(1)]));
    }

    [Test]
    public async Task A_store_that_was_never_there_holds_up_nothing_and_is_given_the_salt_that_was_used()
    {
        store.IsDown = true;
        var own = await Daily.FindAsync(Today, Today, default);
        Assert.That(await Daily.FindAsync(Today, Today, default), Is.EqualTo(own));
        Assert.That(store.Asked, Is.EqualTo(1), "it is not asked for each event");

        store.IsDown = false;
        clock.Advance(DailySalt.Pause);

        Assert.That(await Daily.FindAsync(Today, Today, default), Is.EqualTo(own));
        Assert.That(store.Known[Today], Is.EqualTo(own));
    }

    [Test]
    public async Task A_salt_that_others_have_given_the_store_meanwhile_is_used_from_then_on()
    {
        store.IsDown = true;
        await Daily.FindAsync(Today, Today, default);
        store.Known[Today] = [1, 2, 3];
        store.IsDown = false;
        clock.Advance(DailySalt.Pause);

        Assert.That(await Daily.FindAsync(Today, Today, default), Is.EqualTo(new byte[] { 1, 2, 3 }));
    }

    [Test]
    public async Task A_request_of_just_before_midnight_that_comes_after_others_leaves_their_salts_alone()
    {
        var today = await Daily.FindAsync(Today, Today, default);
        var tomorrow = await Daily.FindAsync(Today.AddDays(1), Today.AddDays(1), default);

        Assert.That(await Daily.FindAsync(Today, Today, default), Is.EqualTo(today));

        store.IsDown = true;
        Assert.That(await Daily.FindAsync(Today.AddDays(1), Today.AddDays(1), default), Is.EqualTo(tomorrow));
        Assert.That(store.Asked, Is.Zero, "it is known still");
    }

    [Test]
    public async Task A_visitor_of_yesterday_is_hashed_by_the_salt_of_yesterday_as_long_as_there_is_one()
    {
        store.Known[Today.AddDays(-1)] = [9];
        var yesterday = TickTime.Of(Clocks.Noon.AddDays(-1));

        var late = await HashAsync(yesterday);

        Assert.That(late, Is.EqualTo(VisitorHash.OfAnonymous([9], "s", "203.0.113.0", "Browser")), "as if it had come in time");
        Assert.That(store.Asked, Is.LessThanOrEqualTo(1));
        Assert.That(late, Is.Not.EqualTo(await HashAsync(TickTime.Of(Clocks.Noon))));
    }

    [Test]
    public async Task Visitors_of_days_whose_salts_are_forgotten_are_told_apart_by_day()
    {
        var (one, other) = (TickTime.Of(Clocks.Noon.AddDays(-400)), TickTime.Of(Clocks.Noon.AddDays(-1)));

        Assert.That(await HashAsync(one), Is.EqualTo(await HashAsync(one + 1)));
        Assert.That(
            new[] { await HashAsync(one), await HashAsync(other), await HashAsync(TickTime.Of(Clocks.Noon)) }, Is.Unique);
        Assert.That(store.Known.Keys, Is.EquivalentTo(new[] { Today, Today.AddDays(1) }), "a day that is over is given none");
    }

    [Test]
    public async Task A_visitor_just_after_midnight_who_is_told_of_just_before_it_has_the_salt_of_tomorrow()
    {
        var hash = await HashAsync(TickTime.Of(Clocks.Noon.AddDays(1)));

        Assert.That(hash, Is.EqualTo(VisitorHash.OfAnonymous(store.Known[Today.AddDays(1)], "s", "203.0.113.0", "Browser")));
    }

    [Test]
    public void Visitors_are_told_apart_by_salt_site_address_browser_and_day_alone()
    {
        var (one, other) = (new byte[] { 1, 2, 3 }, new byte[] { 1, 2, 4 });
        var hash = VisitorHash.OfAnonymous(one, "s", "203.0.113.0", "Browser");

        Assert.That(VisitorHash.OfAnonymous(one, "s", "203.0.113.0", "Browser"), Is.EqualTo(hash));
        Assert.That(
            new[]
            {
                VisitorHash.OfAnonymous(other, "s", "203.0.113.0", "Browser"), VisitorHash.OfAnonymous(one, "t", "203.0.113.0", "Browser"),
                VisitorHash.OfAnonymous(one, "s", "203.0.114.0", "Browser"), VisitorHash.OfAnonymous(one, "s", "203.0.113.0", null),
                VisitorHash.OfAnonymous(one, "s", null, "Browser"), VisitorHash.OfAnonymous(one, "s", "203.0.113.0", "Browser", Today),
            },
            Has.None.EqualTo(hash).And.Unique);
    }

    private async Task<long> HashAsync(long at) =>
        await new VisitorHasher(Daily, new EventStamp(Clocks.Noon, "203.0.113.0")).HashAsync(at, "s", "203.0.113.0", "Browser", default);

    private sealed class Salts : IVisitorSalts
    {
        public Dictionary<DateOnly, byte[]> Known { get; } = [];

        public bool IsDown { get; set; }

        public int Asked { get; private set; }

        public Task<byte[]> EnsureAsync(DateOnly day, byte[] proposal, CancellationToken cancellationToken)
        {
            Asked += IsDown ? 1 : 0;
            return IsDown
                ? throw new StoreUnavailableException(WriteOutcome.Refused, "It is down.")
                : Task.FromResult(Known.TryGetValue(day, out var salt) ? salt : Known[day] = proposal);
        }

        public Task<byte[]?> FindAsync(DateOnly day, CancellationToken cancellationToken)
        {
            Asked++;
            return Task.FromResult(Known.GetValueOrDefault(day));
        }

        public Task ForgetAsync(DateOnly before, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
