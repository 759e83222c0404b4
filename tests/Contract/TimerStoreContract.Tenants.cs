using Contracts.Common;
using Contracts.Messaging;
using Contracts.Timers;
using Tests.Support;

namespace Tests.Contract;

/// <content>Tenants do not meet.</content>
public abstract partial class TimerStoreContract
{
    private const string Acme = "acme";
    private const string Other = "other";

    private static readonly string[] Tenants = [Tenant.Default, Acme, Other];

    [TestCase("order/17")]
    [TestCase("0190163d-8694-739b-aea5-966c26f8ad91")]
    public async Task The_same_own_id_of_several_tenants_makes_a_timer_for_each(string id)
    {
        await AddForEachAsync(
            id,
            (tenant, timer) => timer.DueAt(Noon.AddHours(Array.IndexOf(Tenants, tenant))).WithFingerprint(tenant.Length));

        foreach (var tenant in Tenants)
        {
            var row = (await Store.FindAsync(tenant, [TimerKey.FromId(tenant, id)], default)).Single();
            Assert.That((row.Tenant, row.Id, row.DueAt), Is.EqualTo((tenant, id, Noon.AddHours(Array.IndexOf(Tenants, tenant)))));
        }
    }

    [Test]
    public async Task FindAsync_of_another_tenants_key_finds_nothing()
    {
        await AddForEachAsync("mine", (_, timer) => timer);
        var keys = Tenants.Select(tenant => TimerKey.FromId(tenant, "mine")).ToList();

        foreach (var tenant in Tenants.Append("unheard-of"))
        {
            var found = await Store.FindAsync(tenant, keys, default);
            Assert.That(found.Select(row => row.Tenant), Is.EqualTo(Tenants.Where(each => each == tenant)));
        }
    }

    [Test]
    public async Task FindAsync_by_several_tenants_at_once_gives_each_its_own()
    {
        await AddForEachAsync("mine", (_, timer) => timer);
        var keys = Tenants.Select(tenant => TimerKey.FromId(tenant, "mine")).ToList();

        var found = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Store.FindAsync(Tenants[i % 3], keys, default)));

        Assert.That(found.Select(rows => rows.Single().Tenant), Is.EqualTo(Enumerable.Range(0, 60).Select(i => Tenants[i % 3])));
    }

    [Test]
    public async Task ListAsync_gives_a_tenants_timers_only_whatever_the_conditions([Values(1, 50)] int limit)
    {
        var keys = new Dictionary<string, List<Guid>>();
        foreach (var round in Enumerable.Range(0, 4))
        {
            foreach (var tenant in Tenants)
            {
                var created = ATimer.New().OwnedBy(tenant, $"timer-{round}")
                    .WithTags("tagged", $"round-{round}").CreatedAt(Noon.AddTicks(++added)).Build();
                await Store.AddAsync([Of(tenant, created)], default);
                keys.TryAdd(tenant, []);
                keys[tenant].Insert(0, created.TimerId);
                if (round == 2)
                {
                    var row = (await Store.FindAsync(tenant, [created.TimerId], default)).Single();
                    Assert.That(await Store.TryReplaceAsync(row, row with { State = TimerState.Paused, Version = 2 }, default), Is.True);
                }
            }
        }

        foreach (var tenant in Tenants)
        {
            var query = new TimerQuery { Tenant = tenant, Limit = limit };
            Assert.That(await ListAllAsync(query), Is.EqualTo(keys[tenant]));
            Assert.That(await ListAllAsync(query with { Tags = ["tagged"] }), Is.EqualTo(keys[tenant]));
            Assert.That(await ListAllAsync(query with { Tags = ["round-1"] }), Is.EqualTo([keys[tenant][2]]));
            Assert.That(await ListAllAsync(query with { State = TimerState.Paused }), Is.EqualTo([keys[tenant][1]]));
            Assert.That(
                await ListAllAsync(query with { State = TimerState.Scheduled, DueFrom = Noon }),
                Is.EqualTo(keys[tenant].Where((_, i) => i != 1)));
        }

        Assert.That((await Store.ListAsync(new TimerQuery { Tenant = "unheard-of" }, default)).Items, Is.Empty);
    }

    [Test]
    public async Task CountAsync_counts_a_tenants_timers_only_through_their_lives()
    {
        await AddForEachAsync("sent", (_, timer) => timer.Parked());
        await AddForEachAsync("waits", (_, timer) => timer.DueAt(Noon.AddDays(40)));
        await AddForEachAsync("once more", (tenant, timer) => tenant == Acme ? timer.DueAt(Noon.AddDays(1)) : null);
        await CountedAsync(TimerState.Scheduled, 2, 3, 2);

        var claimed = await ClaimAsync(Noon);
        await CountedAsync(TimerState.Armed, 1, 1, 1);
        Assert.That(claimed.Select(timer => timer.Tenant), Is.EquivalentTo(Tenants), "Runners claim for all of them");

        await Due.MarkSendingAsync([claimed.Single(timer => timer.Tenant == Acme)], default);
        await CountedAsync(TimerState.Sending, 0, 1, 0);

        await Due.RecordAsync(
            [claimed.Single(timer => timer.Tenant == Acme).Succeeded(), claimed.Single(timer => timer.Tenant == Other).Failed()],
            default);
        await CountedAsync(TimerState.Succeeded, 0, 1, 0);
        await CountedAsync(TimerState.Failed, 0, 0, 1);

        await Due.PurgeAsync(Noon.AddDays(1), 10, default);
        await CountedAsync(TimerState.Succeeded, 0, 0, 0);
        await CountedAsync(TimerState.Armed, 1, 0, 0);

        var tenants = new HashSet<string>();
        await Due.ReclaimAsync(Noon, tenants, default);
        await CountedAsync(TimerState.Scheduled, 2, 2, 1);
        Assert.That(tenants, Is.EqualTo([Tenants[0]]), "whose claim was taken back");
        Assert.That((await Store.CountAsync("unheard-of", default)).ByState, Is.Empty);

        async Task CountedAsync(TimerState state, params long[] counts)
        {
            var found = await Task.WhenAll(
                Tenants.Select(async tenant => (await Store.CountAsync(tenant, default)).ByState.GetValueOrDefault(state)));
            Assert.That(found, Is.EqualTo(counts), $"{state} of {string.Join(", ", Tenants)}");
        }
    }

    [Test]
    public async Task FindAttemptsAsync_gives_attempts_to_the_timers_tenant_only()
    {
        await AddForEachAsync("mine", (tenant, timer) => tenant == Other ? null : timer);
        var claimed = await ClaimAsync(Noon);
        await Due.RecordAsync([.. claimed.Select(timer => timer.Retried(Noon.AddHours(1)))], default);

        foreach (var timer in claimed)
        {
            foreach (var tenant in Tenants)
            {
                var expected = tenant == timer.Tenant ? 1 : 0;
                Assert.That(await Store.FindAttemptsAsync(tenant, timer.Key, default), Has.Count.EqualTo(expected));
                Assert.That(await Store.FindLastAttemptAsync(tenant, timer.Key, default) is not null, Is.EqualTo(expected == 1));
            }
        }
    }

    [Test]
    public async Task TryReplaceAsync_changes_tags_of_the_timers_tenant_only_and_nothing_of_the_others()
    {
        await AddForEachAsync("mine", (_, timer) => timer.WithTags("before"));
        var row = (await Store.FindAsync(Acme, [TimerKey.FromId(Acme, "mine")], default)).Single();

        var changed = row with { Spec = row.Spec with { Tags = ["after"] }, Version = 2 };
        Assert.That(await Store.TryReplaceAsync(row, changed, default), Is.True);

        var tagged = await Task.WhenAll(Tenants.SelectMany(tenant => new[] { "before", "after" }, async (tenant, tag) =>
            (await Store.ListAsync(new TimerQuery { Tenant = tenant, Tags = [tag] }, default)).Items.Count));
        Assert.That(tagged, Is.EqualTo([1, 0, 0, 1, 1, 0]));
        Assert.That((await Store.FindAsync(Acme, [row.Key], default)).Single().Tenant, Is.EqualTo(Acme));
    }

    [Test]
    public async Task Tenants_are_what_they_were_after_reopening()
    {
        await AddForEachAsync("mine", (_, timer) => timer);

        Storage.Reopen();
        await AddForEachAsync("later", (_, timer) => timer);

        foreach (var tenant in Tenants)
        {
            Assert.That(
                (await Store.ListAsync(new TimerQuery { Tenant = tenant }, default)).Items.Select(row => row.Id),
                Is.EquivalentTo(["later", "mine"]));
        }
    }

    private static Received<TimerScheduled> Of(string tenant, TimerScheduled created) => new(created, LogPosition.None) { Tenant = tenant };

    /// <summary>In one batch, with the same own id; without those for which there is none.</summary>
    private Task AddForEachAsync(string id, Func<string, ATimer, ATimer?> timer) => Store.AddAsync(
        [.. Tenants.Select(tenant => (tenant, made: timer(tenant, ATimer.New().OwnedBy(tenant, id)))).Where(each => each.made is not null)
            .Select(each => Of(each.tenant, each.made!.Build()))],
        default);
}
