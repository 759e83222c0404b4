using System.Security.Cryptography;
using Contracts.Signing;
using Contracts.Storage;
using Infrastructure.Secrets;
using Infrastructure.Signing;
using Infrastructure.Signing.Sqlite;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>What the sender knows of signing secrets, and when.</summary>
public sealed class SigningRingTests
{
    private static readonly Uri Hook = new("https://hooks.example.com/path?query");
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);
    private static readonly string FirstKey = NewKey();
    private static readonly byte[] Content = "a-1.1700000000.{}"u8.ToArray();

    private FakeTimeProvider clock = null!;
    private DataFolder data = null!;
    private SqliteFiles files = null!;
    private Store store = null!;
    private SigningRing ring = null!;

    [SetUp]
    public void Open()
    {
        clock = Clocks.AtNoon();
        data = new DataFolder(Options.Create(new StorageOptions { InMemory = true }));
        files = new SqliteFiles(data, NullLogger<DamageReport>.Instance);
        store = new Store(new SqliteSigningSecretStore(files));
        ring = Ring(FirstKey);
    }

    [TearDown]
    public void Close()
    {
        ring.Dispose();
        files.Dispose();
        data.Dispose();
    }

    [Test]
    public async Task Nothing_is_known_before_the_store_has_answered_and_then_what_it_says()
    {
        store.IsDown = true;
        await ring.ChangedAsync(default);
        Assert.That(() => ring.Find("default", Hook), Throws.TypeOf<SigningSecretsUnavailableException>());

        store.IsDown = false;
        await ring.ChangedAsync(default);
        Assert.That(ring.Find("default", Hook), Is.Null);
    }

    [Test]
    public async Task A_destinations_secret_takes_the_place_of_its_tenants_default()
    {
        var all = await AddAsync("default", null);
        var own = await AddAsync("default", "https://hooks.example.com");
        var other = await AddAsync("acme", "https://hooks.example.com");
        await ring.ChangedAsync(default);

        Assert.Multiple(() =>
        {
            Assert.That(Find("default", Hook.AbsoluteUri), Is.EqualTo(new[] { own }));
            Assert.That(Find("default", "https://HOOKS.example.com.:443/"), Is.EqualTo(new[] { own }));
            Assert.That(Find("default", "https://hooks.example.com:8443/"), Is.EqualTo(new[] { all }));
            Assert.That(Find("default", "http://hooks.example.com/"), Is.EqualTo(new[] { all }));
            Assert.That(Find("default", "https://other.example.com/"), Is.EqualTo(new[] { all }));
            Assert.That(Find("acme", Hook.AbsoluteUri), Is.EqualTo(new[] { other }));
            Assert.That(Find("acme", "https://other.example.com/"), Is.Null);
            Assert.That(Find("nobody", Hook.AbsoluteUri), Is.Null);
        });
    }

    [Test]
    public async Task The_secret_before_a_rotation_signs_as_well_until_its_time_is_over()
    {
        var (old, fresh) = (NewSecret(), NewSecret());
        var row = Row("default", null);
        var until = clock.GetUtcNow().AddHours(24);
        await store.TryAddAsync(row with { Sealed = Seal(row, fresh), PreviousSealed = Seal(row, old), PreviousUntil = until }, default);
        await ring.ChangedAsync(default);

        var keys = ring.Find("default", Hook)!;
        Assert.That(SignaturesOf(keys.At(clock.GetUtcNow())), Is.EqualTo(new[] { SignedBy(fresh), SignedBy(old) }));
        Assert.That(SignaturesOf(keys.At(until.AddTicks(-1))), Is.EqualTo(new[] { SignedBy(fresh), SignedBy(old) }));
        Assert.That(SignaturesOf(keys.At(until)), Is.EqualTo(new[] { SignedBy(fresh) }));
    }

    [Test]
    public async Task What_others_have_changed_and_deleted_is_known_within_a_second()
    {
        await ring.StartAsync(default);
        await Eventually.That(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                return store.Reads > 1;
            },
            MaxWait, "it polls");

        var secret = await AddAsync("default", null);
        await AfterAsync(TimeSpan.FromSeconds(1), () => Find("default", Hook.AbsoluteUri)?[0] == secret);

        var row = (await store.ReadChangedAsync(DateTimeOffset.MinValue, default)).Single();
        await store.TryReplaceAsync(
            row, row with { Sealed = default, DeletedAt = clock.GetUtcNow(), ChangedAt = clock.GetUtcNow() }, default);
        await AfterAsync(TimeSpan.FromSeconds(1), () => Find("default", Hook.AbsoluteUri) is null);

        // Gone without a trace, as by a restore: a full read finds out.
        await AddAsync("default", "https://hooks.example.com");
        await AfterAsync(TimeSpan.FromSeconds(1), () => Find("default", Hook.AbsoluteUri) is not null);
        store.Hidden = true;
        await AfterAsync(TimeSpan.FromSeconds(61), () => Find("default", Hook.AbsoluteUri) is null);
        await ring.StopAsync(default);
    }

    [Test]
    public async Task While_the_store_is_down_what_is_known_goes_on_signing()
    {
        var secret = await AddAsync("default", null);
        await ring.ChangedAsync(default);

        store.IsDown = true;
        await ring.ChangedAsync(default);

        Assert.That(Find("default", Hook.AbsoluteUri), Is.EqualTo(new[] { secret }));
    }

    [Test]
    public async Task What_cannot_be_decrypted_holds_up_its_own_webhooks_and_no_others()
    {
        var own = await AddAsync("acme", null);
        var foreign = Row("default", "https://hooks.example.com");
        await store.TryAddAsync(foreign with { Sealed = Box(NewKey()).Seal(NewSecret(), SigningPlaces.Of(foreign))! }, default);
        await ring.ChangedAsync(default);

        Assert.That(() => ring.Find("default", Hook), Throws.TypeOf<SigningSecretsUnavailableException>());
        Assert.That(ring.Find("default", new Uri("https://other.example.com/")), Is.Null);
        Assert.That(Find("acme", Hook.AbsoluteUri), Is.EqualTo(new[] { own }));
    }

    [Test]
    public async Task An_encrypted_secret_that_was_moved_to_another_tenant_is_of_no_use_there()
    {
        var row = Row("default", null);
        await store.TryAddAsync(Row("acme", null) with { Sealed = Seal(row, NewSecret()) }, default);
        await ring.ChangedAsync(default);

        Assert.That(() => ring.Find("acme", Hook), Throws.TypeOf<SigningSecretsUnavailableException>());
    }

    [Test]
    public async Task A_private_key_signs_as_well_as_the_secret_that_it_took_the_place_of_and_outlives_the_key_it_is_encrypted_with()
    {
        var (seed, old, fresh) = (NewSeed(), NewSecret(), NewKey());
        var row = Row("default", null) with { PublicKey = new Ed25519Signer(seed).PublicKey };
        var rotated = row with { PreviousUntil = clock.GetUtcNow().AddHours(1), PreviousSealed = Seal(Row("default", null), old) };
        await store.TryAddAsync(rotated with { Sealed = Seal(row, seed) }, default);

        using (var both = Ring($"{fresh},{FirstKey}"))
        {
            await both.StartAsync(default);
            await both.StopAsync(default);
        }

        using var alone = Ring(fresh);
        await alone.ChangedAsync(default);
        var signatures = SignaturesOf(alone.Find("default", Hook)!.At(clock.GetUtcNow()));
        Assert.That(signatures, Has.Count.EqualTo(2));
        Assert.That(Ed25519Verifier.Of(row.PublicKey.Span)!.IsRight(signatures[0], Content), Is.True);
        Assert.That(signatures[1], Is.EqualTo(SignedBy(old)));
    }

    [Test]
    public async Task A_private_key_is_of_no_use_beside_the_public_key_of_another()
    {
        var (seed, other) = (NewSeed(), NewSeed());
        var row = Row("default", null) with { PublicKey = new Ed25519Signer(seed).PublicKey };
        await store.TryAddAsync(row with { Sealed = Seal(row, seed), PublicKey = new Ed25519Signer(other).PublicKey }, default);
        await store.TryAddAsync(Row("acme", null) with { Sealed = Seal(row with { Tenant = "acme" }, seed) }, default);
        await ring.ChangedAsync(default);

        Assert.That(() => ring.Find("default", Hook), Throws.TypeOf<SigningSecretsUnavailableException>());
        Assert.That(() => ring.Find("acme", Hook), Throws.TypeOf<SigningSecretsUnavailableException>(), "nor as a secret of v1");
    }

    [Test]
    public async Task With_a_new_first_key_secrets_are_encrypted_anew_and_the_old_key_can_go()
    {
        var fresh = NewKey();
        var row = Row("default", null);
        var (current, previous) = (NewSecret(), NewSecret());
        await store.TryAddAsync(
            row with
            {
                Sealed = Seal(row, current),
                PreviousSealed = Seal(row, previous),
                PreviousUntil = clock.GetUtcNow().AddHours(1),
            },
            default);

        using (var both = Ring($"{fresh},{FirstKey}"))
        {
            await both.StartAsync(default);
            await both.StopAsync(default);
        }

        using var alone = Ring(fresh);
        await alone.ChangedAsync(default);
        Assert.That(
            SignaturesOf(alone.Find("default", Hook)!.At(clock.GetUtcNow())),
            Is.EqualTo(new[] { SignedBy(current), SignedBy(previous) }));
    }

    [Test]
    public async Task Upkeep_forgets_what_signs_no_longer()
    {
        var row = Row("default", null);
        await store.TryAddAsync(
            row with { Sealed = Seal(row, NewSecret()), PreviousSealed = Seal(row, NewSecret()), PreviousUntil = clock.GetUtcNow() },
            default);
        var deleted = Row("acme", null);
        await store.TryAddAsync(deleted with { DeletedAt = clock.GetUtcNow().AddHours(-25) }, default);
        var justDeleted = Row("other", null);
        await store.TryAddAsync(justDeleted with { DeletedAt = clock.GetUtcNow().AddHours(-23) }, default);

        await ring.StartAsync(default);
        await ring.StopAsync(default);

        var left = await store.ReadChangedAsync(DateTimeOffset.MinValue, default);
        Assert.That(left.Select(each => each.Tenant), Is.EquivalentTo(new[] { "default", "other" }));
        var kept = left.Single(each => each.Tenant == "default");
        Assert.That((kept.PreviousSealed.Length, kept.PreviousUntil, kept.Version), Is.EqualTo((0, (DateTimeOffset?)null, 2)));
        Assert.That(kept.Sealed.Length, Is.GreaterThan(0));
    }

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private static byte[] NewSecret() => RandomNumberGenerator.GetBytes(24);

    private static byte[] NewSeed() => RandomNumberGenerator.GetBytes(Ed25519Signer.SeedBytes);

    private static SecretBox Box(string key) => new(Options.Create(new SecretOptions { Key = key }), folder: null);

    private static byte[] Seal(SigningSecret row, byte[] secret) => Box(FirstKey).Seal(secret, SigningPlaces.Of(row))!;

    private SigningRing Ring(string key) => new(
        store, Box(key), new SigningUpkeep(store, Box(key), clock, NullLogger<SigningUpkeep>.Instance), clock,
        NullLogger<SigningRing>.Instance);

    private SigningSecret Row(string tenant, string? destination) => new()
    {
        Id = SigningSecret.IdOf(tenant, destination),
        Tenant = tenant,
        Destination = destination,
        Sealed = default,
        CreatedAt = clock.GetUtcNow(),
        ChangedAt = clock.GetUtcNow(),
    };

    /// <returns>What it makes of <see cref="Content"/>.</returns>
    private async Task<string> AddAsync(string tenant, string? destination)
    {
        var (row, secret) = (Row(tenant, destination), NewSecret());
        Assert.That(await store.TryAddAsync(row with { Sealed = Seal(row, secret) }, default), Is.True);
        return SignedBy(secret);
    }

    private IReadOnlyList<string>? Find(string tenant, string url) =>
        ring.Find(tenant, new Uri(url)) is { } keys ? SignaturesOf(keys.At(clock.GetUtcNow())) : null;

    private static string SignedBy(byte[] secret) => new HmacSecret(secret).Sign(Content);

    private static List<string> SignaturesOf(IReadOnlyList<ISigner> keys) => [.. keys.Select(key => key.Sign(Content))];

    /// <summary>The clock stands still while a poll does its work.</summary>
    private Task AfterAsync(TimeSpan time, Func<bool> isSo)
    {
        clock.Advance(time);
        return Eventually.That(isSo, MaxWait, "a poll within that time has found it");
    }

    /// <summary>A store that can fail, and lose what it has.</summary>
    private sealed class Store(ISigningSecretStore inner) : ISigningSecretStore
    {
        private int reads;

        public bool IsDown { get; set; }

        public bool Hidden { get; set; }

        public int Reads => Volatile.Read(ref reads);

        public Task<bool> TryAddAsync(SigningSecret secret, CancellationToken cancellationToken) =>
            inner.TryAddAsync(secret, cancellationToken);

        public Task<SigningSecret?> FindAsync(string id, CancellationToken cancellationToken) => inner.FindAsync(id, cancellationToken);

        public async Task<IReadOnlyList<SigningSecret>> ReadChangedAsync(DateTimeOffset since, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref reads);
            return IsDown ? throw new StoreUnavailableException(WriteOutcome.Refused, "It is down.")
                : Hidden ? [] : await inner.ReadChangedAsync(since, cancellationToken);
        }

        public Task<IReadOnlyList<SigningSecret>> ListAsync(
            string tenant, string? after, int limit, CancellationToken cancellationToken) =>
            inner.ListAsync(tenant, after, limit, cancellationToken);

        public Task<bool> TryReplaceAsync(SigningSecret read, SigningSecret changed, CancellationToken cancellationToken) =>
            inner.TryReplaceAsync(read, changed, cancellationToken);

        public Task<long> PurgeAsync(DateTimeOffset deletedBefore, CancellationToken cancellationToken) =>
            inner.PurgeAsync(deletedBefore, cancellationToken);
    }
}
