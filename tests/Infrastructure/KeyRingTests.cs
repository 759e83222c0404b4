using Contracts.Access;
using Contracts.Common;
using Infrastructure.Access;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>Who may call while the store of keys does not answer.</summary>
public sealed class KeyRingTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(400);
    private static readonly KeyText Text = KeyText.Create();

    private FakeTimeProvider clock = null!;
    private SwitchedKeyStore store = null!;
    private ServiceProvider services = null!;
    private KeyRing ring = null!;

    [SetUp]
    public void Open()
    {
        (clock, store) = (Clocks.AtNoon(), new SwitchedKeyStore());
        services = new ServiceCollection().BuildServiceProvider();
    }

    [TearDown]
    public async Task Close()
    {
        await ring.StopAsync(default);
        ring.Dispose();
        await services.DisposeAsync();
    }

    [Test]
    public async Task Keys_that_were_valid_serve_for_five_minutes_of_an_outage_and_again_after_it()
    {
        await StartAsync(new KeyOptions { First = Text.Text });
        Assert.That((ring.Set.Keys.ContainsKey(Text.Id), ring.IsCurrent, ring.IsOpen), Is.EqualTo((true, true, false)));
        await store.TryReplaceAsync(
            (await store.FindAsync(Text.Id, default))!, ring.Set.Keys[Text.Id].Key with { Name = "renamed" }, default);

        store.IsDown = true;
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.That(ring.IsCurrent, Is.True);
        clock.Advance(Poll + TimeSpan.FromMilliseconds(1));
        Assert.That((ring.IsCurrent, ring.IsOpen), Is.EqualTo((false, false)), "nobody is let in");

        store.IsDown = false;
        await EventuallyAsync(() => ring.IsCurrent, "it is asked again");
    }

    [TestCase(0)]
    [TestCase(3_600)]
    public async Task How_long_is_a_setting(int seconds)
    {
        var allowance = TimeSpan.FromSeconds(seconds);
        await StartAsync(new KeyOptions { First = Text.Text, OutageAllowance = allowance });

        store.IsDown = true;
        clock.Advance(allowance + Poll);
        Assert.That(ring.IsCurrent, Is.True);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(ring.IsCurrent, Is.False);
    }

    [Test]
    public async Task A_key_that_is_revoked_during_an_outage_ends_with_it()
    {
        await StartAsync(new KeyOptions { First = Text.Text });
        var held = ring.Set.Keys[Text.Id];
        store.IsDown = true;
        store.Revoke(Text.Id, clock.GetUtcNow().AddSeconds(1));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.That((held.Caller.Ended.IsCancellationRequested, ring.IsCurrent), Is.EqualTo((false, true)));

        store.IsDown = false;

        await EventuallyAsync(() => ring.Set.Keys[Text.Id].IsOver(clock.GetUtcNow()), "it is read");
        Assert.That(held.Caller.Ended.IsCancellationRequested, Is.True, "its streams end");
        Assert.That(ring.IsOpen, Is.False, "that all are revoked lets nobody in");
    }

    [Test]
    public async Task A_store_that_was_never_reached_lets_nobody_in_and_stops_no_start()
    {
        store.IsDown = true;
        await StartAsync(new KeyOptions());
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.That((ring.Set.IsKnown, ring.IsOpen, ring.IsCurrent), Is.EqualTo((false, false, false)));

        store.IsDown = false;
        await EventuallyAsync(() => ring.IsOpen, "there is no key, on loopback");
    }

    [Test]
    public async Task Where_keys_are_never_needed_the_store_is_not_asked()
    {
        store.IsDown = true;
        await StartAsync(new KeyOptions { Need = KeyNeed.Never });

        Assert.That(ring.IsOpen, Is.True);
    }

    [Test]
    public async Task A_first_key_is_added_once_the_store_can_be_reached()
    {
        store.IsDown = true;
        await StartAsync(new KeyOptions { First = Text.Text });
        Assert.That((ring.IsOpen, ring.IsCurrent), Is.EqualTo((false, false)));

        store.IsDown = false;

        await EventuallyAsync(() => ring.Set.Keys.ContainsKey(Text.Id), "it is added, and read");
        Assert.That(ring.Set.Keys[Text.Id].Caller.TenantName, Is.EqualTo(Tenant.Default));
    }

    private async Task StartAsync(KeyOptions options)
    {
        var wrapped = Options.Create(options);
        var listening = new Listening(services);
        ring = new KeyRing(
            store, wrapped, new KeyMaker(store, wrapped, clock, listening, isProducer: true, TextWriter.Null), listening, clock,
            NullLogger<KeyRing>.Instance);
        await ring.StartAsync(default);
    }

    /// <summary>The ring polls on another thread, by this clock.</summary>
    private Task EventuallyAsync(Func<bool> condition, string because) => Eventually.That(
        () =>
        {
            clock.Advance(Poll);
            return condition();
        },
        MaxWait,
        because);
}
