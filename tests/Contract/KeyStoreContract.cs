using Contracts.Access;
using Tests.Support;

namespace Tests.Contract;

/// <summary>What every store of keys promises.</summary>
public abstract class KeyStoreContract
{
    private static readonly DateTimeOffset Noon = Clocks.Noon;
    private IKeyStore store = null!;

    protected abstract IKeyStore CreateStore();

    [SetUp]
    public void Open() => store = CreateStore();

    [Test]
    public async Task TryAddAsync_then_FindAsync_gives_it_as_it_was()
    {
        var plain = Key("a");
        var full = Key("b") with
        {
            Tenant = "acme",
            Scopes = ["write"],
            PreviousHash = new byte[] { 9, 8 },
            PreviousUntil = Noon.AddDays(1),
            ExpiresAt = Noon.AddDays(2),
            RevokedAt = Noon.AddHours(3),
            Addresses = ["10.0.0.0/8", "::1/128"],
            Site = "shop",
            Origins = ["https://shop.example.com", "https://www.example.com"],
        };

        Assert.That(await store.TryAddAsync(plain, default), Is.True);
        Assert.That(await store.TryAddAsync(full, default), Is.True);

        AssertSame(await store.FindAsync("a", default), plain);
        AssertSame(await store.FindAsync("b", default), full);
        Assert.That(await store.FindAsync("c", default), Is.Null);
    }

    [Test]
    public async Task TryAddAsync_of_one_id_at_the_same_time_has_one_winner()
    {
        var all = Enumerable.Range(0, 20).Select(i => Key("first") with { Name = $"{i}" }).ToList();

        var won = await Task.WhenAll(all.Select(key => Task.Run(() => store.TryAddAsync(key, default))));

        Assert.That(won.Count(each => each), Is.EqualTo(1));
        Assert.That((await store.FindAsync("first", default))!.Name, Is.EqualTo(all[Array.IndexOf(won, true)].Name));
    }

    [Test]
    public async Task ReadChangedAsync_reads_what_was_changed_at_or_after_an_instant_of_all_tenants()
    {
        await store.TryAddAsync(Key("a"), default);
        await store.TryAddAsync(Key("b") with { ChangedAt = Noon.AddSeconds(1), Tenant = "acme" }, default);
        await store.TryAddAsync(Key("c") with { ChangedAt = Noon.AddSeconds(2) }, default);

        Assert.That(await IdsAsync(DateTimeOffset.MinValue), Is.EquivalentTo(new[] { "a", "b", "c" }));
        Assert.That(await IdsAsync(Noon.AddSeconds(1)), Is.EquivalentTo(new[] { "b", "c" }));
        Assert.That(await IdsAsync(Noon.AddSeconds(3)), Is.Empty);

        async Task<IEnumerable<string>> IdsAsync(DateTimeOffset since) =>
            (await store.ReadChangedAsync(since, default)).Select(key => key.Id);
    }

    [Test]
    public async Task TryReplaceAsync_replaces_the_version_that_was_read_and_no_other()
    {
        var key = Key("a");
        await store.TryAddAsync(key, default);
        var revoked = key with { RevokedAt = Noon.AddHours(1), ChangedAt = Noon.AddHours(1), Hash = new byte[] { 7 } };

        Assert.That(await store.TryReplaceAsync(key, revoked, default), Is.True);
        Assert.That(await store.TryReplaceAsync(key, key with { Name = "stale" }, default), Is.False);
        Assert.That(await store.TryReplaceAsync(Key("none"), Key("none"), default), Is.False);

        AssertSame(await store.FindAsync("a", default), revoked with { Version = 2 });
        Assert.That(await store.FindAsync("none", default), Is.Null);
        Assert.That((await store.ReadChangedAsync(Noon.AddMinutes(1), default)).Single().RevokedAt, Is.EqualTo(Noon.AddHours(1)));
    }

    [Test]
    public async Task NoteUseAsync_keeps_the_latest_use_and_changes_nothing_else()
    {
        var key = Key("a");
        await store.TryAddAsync(key, default);

        await store.NoteUseAsync(Uses(("a", 2), ("none", 2)), default);
        await store.NoteUseAsync(Uses(("a", 1)), default);
        await store.NoteUseAsync(Uses(), default);

        AssertSame(await store.FindAsync("a", default), key with { LastUsedAt = Noon.AddMinutes(2) });
        Assert.That(await store.ReadChangedAsync(Noon.AddSeconds(1), default), Is.Empty);
        Assert.That(await store.TryReplaceAsync(key, key with { Name = "b" }, default), Is.True, "a use is no change");
        Assert.That((await store.FindAsync("a", default))!.LastUsedAt, Is.EqualTo(Noon.AddMinutes(2)), "and stays");

        static Dictionary<string, DateTimeOffset> Uses(params (string Id, int Minutes)[] uses) =>
            uses.ToDictionary(use => use.Id, use => Noon.AddMinutes(use.Minutes));
    }

    [Test]
    public async Task ListAsync_pages_through_the_keys_of_one_tenant_or_of_all()
    {
        foreach (var id in new[] { "e", "a", "d", "b", "c" })
        {
            await store.TryAddAsync(Key(id) with { Tenant = id is "b" or "d" ? "acme" : "default" }, default);
        }

        Assert.That(await IdsAsync(null, null, 3), Is.EqualTo(new[] { "a", "b", "c" }));
        Assert.That(await IdsAsync(null, "c", 3), Is.EqualTo(new[] { "d", "e" }));
        Assert.That(await IdsAsync("default", null, 2), Is.EqualTo(new[] { "a", "c" }));
        Assert.That(await IdsAsync("acme", "b", 2), Is.EqualTo(new[] { "d" }));

        async Task<IEnumerable<string>> IdsAsync(string? tenant, string? after, int limit) =>
            (await store.ListAsync(tenant, after, limit, default)).Select(key => key.Id);
    }

    private static ApiKey Key(string id) => new()
    {
        Id = id,
        Tenant = "default",
        Name = "A name, \"quoted\"",
        Scopes = ["timers:read", "admin"],
        Hash = new byte[] { 1, 2, 3, 255 },
        CreatedAt = Noon,
        ChangedAt = Noon,
    };

    private static void AssertSame(ApiKey? found, ApiKey expected)
    {
        Assert.That(found, Is.Not.Null);
        Assert.Multiple(() =>
        {
            Assert.That(found!.Hash.ToArray(), Is.EqualTo(expected.Hash.ToArray()));
            Assert.That(found.PreviousHash.ToArray(), Is.EqualTo(expected.PreviousHash.ToArray()));
            Assert.That(found.Scopes, Is.EqualTo(expected.Scopes));
            Assert.That(found.Addresses, Is.EqualTo(expected.Addresses));
            Assert.That(found.Origins, Is.EqualTo(expected.Origins));
            Assert.That(Plain(found), Is.EqualTo(Plain(expected)));
        });

        static ApiKey Plain(ApiKey key) => key with { Hash = default, PreviousHash = default, Scopes = [], Addresses = [], Origins = [] };
    }
}
