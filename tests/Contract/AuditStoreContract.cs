using Contracts.Access;
using Tests.Support;

namespace Tests.Contract;

/// <summary>What every store of the audit promises.</summary>
public abstract class AuditStoreContract
{
    private static readonly DateTimeOffset Noon = Clocks.Noon;
    private IAuditStore store = null!;

    protected abstract IAuditStore CreateStore();

    [SetUp]
    public void Open() => store = CreateStore();

    [Test]
    public async Task AddAsync_then_ListAsync_gives_entries_as_they_were_the_latest_first()
    {
        var plain = Entry(1);
        var full = Entry(2) with { KeyId = "k", Before = "b4", After = "af", Address = "::1", Tenant = "acme", Outcome = 409 };
        await store.AddAsync(plain, default);
        await store.AddAsync(full, default);

        Assert.That(await store.ListAsync(new AuditQuery(null, 10), default), Is.EqualTo(new[] { full, plain }));
    }

    [Test]
    public async Task ListAsync_keeps_to_every_condition()
    {
        for (var i = 0; i < 6; i++)
        {
            await store.AddAsync(
                Entry(i) with
                {
                    Tenant = i % 2 == 0 ? "default" : "acme",
                    KeyId = i < 3 ? "a" : "b",
                    Action = i == 5 ? "other" : "revokeKey",
                },
                default);
        }

        Assert.That(await IdsAsync(new AuditQuery("acme", 10)), Is.EqualTo(new[] { 5, 3, 1 }));
        Assert.That(await IdsAsync(new AuditQuery(null, 2)), Is.EqualTo(new[] { 5, 4 }));
        Assert.That(await IdsAsync(new AuditQuery(null, 10) { Before = Entry(2).Id }), Is.EqualTo(new[] { 1, 0 }));
        Assert.That(await IdsAsync(new AuditQuery(null, 10) { KeyId = "a" }), Is.EqualTo(new[] { 2, 1, 0 }));
        Assert.That(await IdsAsync(new AuditQuery("acme", 10) { Action = "revokeKey" }), Is.EqualTo(new[] { 3, 1 }));
        Assert.That(
            await IdsAsync(new AuditQuery(null, 10) { From = Noon.AddMinutes(1), Until = Noon.AddMinutes(3) }), Is.EqualTo(new[] { 2, 1 }));

        async Task<IEnumerable<int>> IdsAsync(AuditQuery query) =>
            (await store.ListAsync(query, default)).Select(entry => int.Parse(entry.Id, null));
    }

    [Test]
    public async Task PurgeAsync_deletes_what_is_too_old_and_nothing_else()
    {
        for (var i = 0; i < 4; i++)
        {
            await store.AddAsync(Entry(i), default);
        }

        Assert.That(await store.PurgeAsync(Noon.AddMinutes(2), default), Is.EqualTo(2));
        Assert.That((await store.ListAsync(new AuditQuery(null, 10), default)).Select(entry => entry.Id),
            Is.EqualTo(new[] { Entry(3).Id, Entry(2).Id }));
    }

    private static AuditEntry Entry(int minutes) => new()
    {
        Id = $"{minutes:D4}",
        At = Noon.AddMinutes(minutes),
        Tenant = "default",
        Actor = "operations",
        Action = "revokeKey",
        Target = "/api/v1/keys/a",
        Outcome = 200,
    };
}
