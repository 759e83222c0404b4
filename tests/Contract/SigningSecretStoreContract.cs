using Contracts.Signing;
using Tests.Support;

namespace Tests.Contract;

/// <summary>What every store of signing secrets promises.</summary>
public abstract class SigningSecretStoreContract
{
    private static readonly DateTimeOffset Noon = Clocks.Noon;
    private ISigningSecretStore store = null!;

    protected abstract ISigningSecretStore CreateStore();

    [SetUp]
    public void Open() => store = CreateStore();

    [Test]
    public async Task TryAddAsync_then_FindAsync_gives_it_as_it_was()
    {
        var plain = Secret("a");
        var full = Secret("b") with
        {
            Tenant = "acme",
            Destination = "https://hooks.example.com:8443",
            PublicKey = new byte[] { 4, 0, 5 },
            PreviousSealed = new byte[] { 9, 0, 8 },
            PreviousPublicKey = new byte[] { 6 },
            PreviousUntil = Noon.AddDays(1),
            RotatedAt = Noon.AddHours(2),
            DeletedAt = Noon.AddHours(3),
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
        var all = Enumerable.Range(0, 20).Select(i => Secret("first") with { Sealed = new[] { (byte)i } }).ToList();

        var won = await Task.WhenAll(all.Select(secret => Task.Run(() => store.TryAddAsync(secret, default))));

        Assert.That(won.Count(each => each), Is.EqualTo(1));
        AssertSame(await store.FindAsync("first", default), all[Array.IndexOf(won, true)]);
    }

    [Test]
    public async Task ReadChangedAsync_reads_what_was_changed_at_or_after_an_instant_of_all_tenants_and_deleted_ones_too()
    {
        await store.TryAddAsync(Secret("a"), default);
        await store.TryAddAsync(Secret("b") with { ChangedAt = Noon.AddSeconds(1), Tenant = "acme" }, default);
        await store.TryAddAsync(Secret("c") with { ChangedAt = Noon.AddSeconds(2), DeletedAt = Noon.AddSeconds(2) }, default);

        Assert.That(await IdsAsync(DateTimeOffset.MinValue), Is.EquivalentTo(new[] { "a", "b", "c" }));
        Assert.That(await IdsAsync(Noon.AddSeconds(1)), Is.EquivalentTo(new[] { "b", "c" }));
        Assert.That(await IdsAsync(Noon.AddSeconds(3)), Is.Empty);

        async Task<IEnumerable<string>> IdsAsync(DateTimeOffset since) =>
            (await store.ReadChangedAsync(since, default)).Select(secret => secret.Id);
    }

    [Test]
    public async Task TryReplaceAsync_replaces_the_version_that_was_read_and_no_other()
    {
        var secret = Secret("a");
        await store.TryAddAsync(secret, default);
        var rotated = secret with
        {
            Sealed = new byte[] { 7 },
            PublicKey = new byte[] { 2, 2 },
            PreviousSealed = secret.Sealed,
            PreviousUntil = Noon.AddDays(1),
            RotatedAt = Noon.AddHours(1),
            ChangedAt = Noon.AddHours(1),
        };

        Assert.That(await store.TryReplaceAsync(secret, rotated, default), Is.True);
        Assert.That(await store.TryReplaceAsync(secret, secret with { Sealed = new byte[] { 5 } }, default), Is.False);
        Assert.That(await store.TryReplaceAsync(Secret("none"), Secret("none"), default), Is.False);

        AssertSame(await store.FindAsync("a", default), rotated with { Version = 2 });
        Assert.That(await store.FindAsync("none", default), Is.Null);
        AssertSame((await store.ReadChangedAsync(Noon.AddMinutes(1), default)).Single(), rotated with { Version = 2 });
    }

    [Test]
    public async Task ListAsync_pages_through_the_secrets_of_one_tenant_without_deleted_ones()
    {
        foreach (var id in new[] { "e", "a", "d", "b", "c", "f" })
        {
            await store.TryAddAsync(
                Secret(id) with { Tenant = id is "b" or "d" ? "acme" : "default", DeletedAt = id == "c" ? Noon : null }, default);
        }

        Assert.That(await IdsAsync("default", null, 2), Is.EqualTo(new[] { "a", "e" }));
        Assert.That(await IdsAsync("default", "a", 10), Is.EqualTo(new[] { "e", "f" }));
        Assert.That(await IdsAsync("acme", "b", 2), Is.EqualTo(new[] { "d" }));
        Assert.That(await IdsAsync("nobody", null, 2), Is.Empty);

        async Task<IEnumerable<string>> IdsAsync(string tenant, string? after, int limit) =>
            (await store.ListAsync(tenant, after, limit, default)).Select(secret => secret.Id);
    }

    [Test]
    public async Task PurgeAsync_forgets_what_was_deleted_before_an_instant_and_nothing_else()
    {
        await store.TryAddAsync(Secret("a"), default);
        await store.TryAddAsync(Secret("b") with { DeletedAt = Noon }, default);
        await store.TryAddAsync(Secret("c") with { DeletedAt = Noon.AddHours(1) }, default);

        Assert.That(await store.PurgeAsync(Noon.AddHours(1), default), Is.EqualTo(1));

        Assert.That(
            (await store.ReadChangedAsync(DateTimeOffset.MinValue, default)).Select(secret => secret.Id),
            Is.EquivalentTo(new[] { "a", "c" }));
    }

    private static SigningSecret Secret(string id) => new()
    {
        Id = id,
        Tenant = "default",
        Sealed = new byte[] { 1, 0, 3, 255 },
        CreatedAt = Noon,
        ChangedAt = Noon,
    };

    private static void AssertSame(SigningSecret? found, SigningSecret expected)
    {
        Assert.That(found, Is.Not.Null);
        Assert.Multiple(() =>
        {
            Assert.That(found!.Sealed.ToArray(), Is.EqualTo(expected.Sealed.ToArray()));
            Assert.That(found.PreviousSealed.ToArray(), Is.EqualTo(expected.PreviousSealed.ToArray()));
            Assert.That(found.PublicKey.ToArray(), Is.EqualTo(expected.PublicKey.ToArray()));
            Assert.That(found.PreviousPublicKey.ToArray(), Is.EqualTo(expected.PreviousPublicKey.ToArray()));
            Assert.That(Plain(found), Is.EqualTo(Plain(expected)));
        });

        static SigningSecret Plain(SigningSecret secret) => secret with
        {
            Sealed = default,
            PublicKey = default,
            PreviousSealed = default,
            PreviousPublicKey = default,
        };
    }
}
