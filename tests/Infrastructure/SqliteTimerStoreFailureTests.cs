using Contracts.Common;
using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Storage.Sqlite;
using Infrastructure.Timers.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>What the store tells when it cannot write; the file itself refuses, by a trigger.</summary>
public sealed class SqliteTimerStoreFailureTests
{
    private readonly FakeTimeProvider clock = Clocks.AtNoon();
    private TemporaryFolder folder = null!;
    private SqliteTimerStore store = null!;

    [SetUp]
    public void Open()
    {
        folder = new TemporaryFolder();
        store = new SqliteTimerStore(folder.File("timers.db"), clock);
        using var other = new SqliteConnection(folder.File("timers.db"), readOnly: false);
        other.Execute("CREATE TRIGGER refuse BEFORE INSERT ON timers WHEN NEW.fingerprint = 13 BEGIN SELECT RAISE(ABORT, 'refused'); END");
    }

    [TearDown]
    public void Close()
    {
        store.Dispose();
        folder.Dispose();
    }

    [TestCase("{\"url\":\"http://h/\",\"onAmbiguous\":\"Later\"}")]
    [TestCase("{\"url\":")]
    [TestCase("null")]
    public async Task A_row_that_cannot_be_read_holds_nothing_up_and_is_shown_as_it_stands(string stored)
    {
        var created = Enumerable.Range(0, 10).Select(_ => ATimer.New().Build()).ToList();
        await store.AddAsync(created, default);
        using (var outside = new SqliteConnection(folder.File("timers.db"), readOnly: false))
        {
            outside.Statement("UPDATE timers SET spec = ?1 WHERE seq = 5").Bind(1, System.Text.Encoding.UTF8.GetBytes(stored)).Run();
        }

        var claimed = await store.ClaimAsync(new ClaimRequest(DateTimeOffset.MinValue, Clocks.Noon, 100, long.MaxValue), default);
        var reclaimed = await store.ReclaimAsync(Clocks.Noon, default);

        Assert.That((claimed.Count, reclaimed), Is.EqualTo((10, 10)));
        Assert.That(claimed[4].Spec.Url.Scheme, Is.EqualTo("unreadable"));
        var shown = (await store.FindAsync([created[4].TimerId], default))[0].Spec.Metadata!;
        Assert.That(System.Text.Encoding.UTF8.GetString(shown.Utf8.Span), Is.EqualTo(stored));
    }

    [Test]
    public async Task AddAsync_of_a_batch_that_cannot_be_written_is_refused_as_a_whole()
    {
        var created = new[] { ATimer.New().Build(), ATimer.New().WithFingerprint(13).Build() };

        var error = Assert.ThrowsAsync<StoreUnavailableException>(() => store.AddAsync(created, default));

        Assert.That(error.Outcome, Is.EqualTo(WriteOutcome.Refused));
        Assert.That(await store.FindAsync([created[0].TimerId], default), Is.Empty);
        Assert.That((await store.CountAsync(default)).ByState, Is.Empty);
    }

    [Test]
    public async Task AddAsync_of_which_a_part_is_stored_is_never_called_refused()
    {
        var created = Enumerable.Range(0, 1_500)
            .Select(i => (i == 1_400 ? ATimer.New().WithFingerprint(13) : ATimer.New()).Build()).ToList();

        var error = Assert.ThrowsAsync<StoreUnavailableException>(() => store.AddAsync(created, default));

        Assert.That(error.Outcome, Is.EqualTo(WriteOutcome.Unknown));
        Assert.That((await store.CountAsync(default)).ByState[TimerState.Scheduled], Is.EqualTo(1_000));
    }

    [Test]
    public void AddAsync_of_which_no_part_is_stored_is_refused()
    {
        var created = Enumerable.Range(0, 1_500)
            .Select(i => (i is 10 or 1_400 ? ATimer.New().WithFingerprint(13) : ATimer.New()).Build()).ToList();

        var error = Assert.ThrowsAsync<StoreUnavailableException>(() => store.AddAsync(created, default));

        Assert.That(error.Outcome, Is.EqualTo(WriteOutcome.Refused));
    }

    [Test]
    public async Task AddAsync_after_a_refused_one_works()
    {
        Assert.ThrowsAsync<StoreUnavailableException>(() => store.AddAsync([ATimer.New().WithFingerprint(13).Build()], default));
        var created = ATimer.New().Build();

        await store.AddAsync([created], default);

        Assert.That(await store.FindAsync([created.TimerId], default), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_tenant_whose_first_batch_was_refused_is_known_with_the_next_one()
    {
        foreach (var tenant in new[] { "acme", "other" })
        {
            var refused = ATimer.New().OwnedBy(tenant, "mine").WithFingerprint(13).Build();
            Assert.ThrowsAsync<StoreUnavailableException>(() => store.AddAsync([Of(tenant, refused)], default));
        }

        Assert.That((await store.ListAsync(new TimerQuery { Tenant = "other" }, default)).Items, Is.Empty);
        await store.AddAsync(
            [.. new[] { "other", "acme" }.Select(tenant => Of(tenant, ATimer.New().OwnedBy(tenant, "mine").Build()))], default);

        foreach (var tenant in new[] { "acme", "other" })
        {
            var row = (await store.FindAsync(tenant, [TimerKey.FromId(tenant, "mine")], default)).Single();
            Assert.That((row.Tenant, (await store.CountAsync(tenant, default)).ByState[TimerState.Scheduled]), Is.EqualTo((tenant, 1)));
        }

        static Received<TimerScheduled> Of(string tenant, TimerScheduled created) => new(created, LogPosition.None) { Tenant = tenant };
    }

    [Test]
    public void Opening_a_file_of_a_later_release_is_refused()
    {
        store.Dispose();
        using (var other = new SqliteConnection(folder.File("timers.db"), readOnly: false))
        {
            other.Execute("PRAGMA user_version = 1000");
        }

        Assert.That(
            () => new SqliteTimerStore(folder.File("timers.db"), clock), Throws.InvalidOperationException.With.Message.Contains("1000"));
    }
}
