using Contracts.Common;
using Contracts.Timers;
using Infrastructure.Storage.Sqlite;
using Infrastructure.Timers.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>Files as releases without tenants wrote them (0.1.0): brought up to date at the start, and the default tenant's.</summary>
[TestFixture("CREATE INDEX timers_listed ON timers (state) WHERE state IN (6, 7, 11, 12)", 1)]
[TestFixture("CREATE INDEX timers_listed ON timers (state) WHERE state >= 6 AND state <> 10", 2)]
public sealed class SqliteTimersOfBeforeTests(string listed, int version)
{
    private const string OwnUuid = "0190163d-8694-739b-aea5-966c26f8ad91";

    private const string Schema = """
        PRAGMA journal_mode=WAL;
        CREATE TABLE timers (
            seq INTEGER PRIMARY KEY,
            key BLOB NOT NULL,
            state INTEGER NOT NULL,
            next_at INTEGER NOT NULL,
            due_at INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            claim INTEGER NOT NULL,
            version INTEGER NOT NULL,
            occurrence INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            attempts_before_replay INTEGER NOT NULL,
            pending INTEGER NOT NULL,
            may_still_arrive INTEGER NOT NULL,
            fingerprint INTEGER,
            spec BLOB NOT NULL
        );
        CREATE UNIQUE INDEX timers_key ON timers (key);
        CREATE INDEX timers_due ON timers (next_at) WHERE state = 2;
        CREATE INDEX timers_far ON timers (next_at / 86400000) WHERE state = 3;
        CREATE INDEX timers_claimed ON timers (state) WHERE state IN (4, 5);
        CREATE INDEX timers_finished ON timers (next_at) WHERE state >= 10;
        CREATE TABLE attempts (
            timer INTEGER NOT NULL,
            occurrence INTEGER NOT NULL,
            number INTEGER NOT NULL,
            claim INTEGER NOT NULL,
            started_at INTEGER NOT NULL,
            latency INTEGER NOT NULL,
            lateness INTEGER NOT NULL,
            status INTEGER,
            error TEXT,
            response BLOB,
            PRIMARY KEY (timer, occurrence, number, claim)
        ) WITHOUT ROWID;
        CREATE TABLE tags (tag TEXT NOT NULL, timer INTEGER NOT NULL, PRIMARY KEY (tag, timer)) WITHOUT ROWID;
        CREATE TABLE counts (state INTEGER PRIMARY KEY, timers INTEGER NOT NULL);
        CREATE TABLE tokens (last INTEGER NOT NULL);
        """;

    // One with an own UUID, due at noon; one with an own word, which failed; one far ahead, which 0.1.0 drew an id for.
    private const string Rows = """
        INSERT INTO timers VALUES
          (1, x'0190163d8694739baea5966c26f8ad91', 2, 1906545600000, 1906545600000, 19065420000000000, 1099511627776,
            1, 1, 0, 0, 0, 0, 77,
            CAST('{"url":"http://127.0.0.1:2/hook","method":"POST","tags":["old"]}' AS BLOB));
        INSERT INTO timers VALUES
          (2, x'1206be2f0de08108b4b239e30cad3316', 11, 1906545660000, 1906545600000, 19065420000000001, 1099511627776,
            4, 1, 1, 0, 0, 0, 78,
            CAST('{"url":"http://127.0.0.1:2/hook","method":"POST","tags":["old"],"ownId":"order/17"}' AS BLOB));
        INSERT INTO timers VALUES
          (3, x'019016400000700080000000000000aa', 3, 1909137600000, 1909137600000, 19065420000000002, 1099511627776,
            1, 1, 0, 0, 0, 0, NULL,
            CAST('{"url":"http://127.0.0.1:2/hook","method":"POST"}' AS BLOB));
        INSERT INTO attempts VALUES (2, 1, 1, 1099511627777, 1906545600000000, 1500, 20, 500, 'answered 500', x'626f6479');
        INSERT INTO tags VALUES ('old', 1), ('old', 2);
        INSERT INTO counts VALUES (2, 2), (11, 1);
        INSERT INTO tokens VALUES (1099511627777);
        """;

    private readonly FakeTimeProvider clock = Clocks.AtNoon();
    private TemporaryFolder folder = null!;
    private SqliteTimerStore store = null!;

    [SetUp]
    public void Open()
    {
        folder = new TemporaryFolder();
        using (var before = new SqliteConnection(folder.File("timers.db"), readOnly: false))
        {
            before.Execute($"{Schema} {listed}; {Rows} PRAGMA user_version = {version}");
        }

        store = new SqliteTimerStore(folder.File("timers.db"), clock);
    }

    [TearDown]
    public void Close()
    {
        store.Dispose();
        folder.Dispose();
    }

    [Test]
    public async Task Timers_are_found_by_their_ids_as_the_default_tenants()
    {
        foreach (var id in new[] { OwnUuid, "order/17", "01901640-0000-7000-8000-0000000000aa" })
        {
            var row = (await store.FindAsync(Tenant.Default, [TimerKey.FromId(Tenant.Default, id)], default)).Single();
            Assert.That((row.Id, row.Tenant), Is.EqualTo((id, Tenant.Default)));
            Assert.That(await store.FindAsync("acme", [row.Key], default), Is.Empty);
        }
    }

    [Test]
    public async Task Listings_counts_and_attempts_are_the_default_tenants()
    {
        Assert.That(await ListAsync(new TimerQuery()), Is.EqualTo(["01901640-0000-7000-8000-0000000000aa", "order/17", OwnUuid]));
        Assert.That(await ListAsync(new TimerQuery { Tags = ["old"] }), Is.EqualTo(["order/17", OwnUuid]));
        Assert.That(await ListAsync(new TimerQuery { State = TimerState.Failed }), Is.EqualTo(["order/17"]));
        Assert.That(await ListAsync(new TimerQuery { Tenant = "acme" }), Is.Empty);
        Assert.That(
            (await store.CountAsync(default)).ByState,
            Is.EquivalentTo(new Dictionary<TimerState, long> { [TimerState.Scheduled] = 2, [TimerState.Failed] = 1 }));
        Assert.That(
            (await store.FindLastAttemptAsync(TimerKey.FromId(Tenant.Default, "order/17"), default))!.Error,
            Is.EqualTo("answered 500"));
    }

    [Test]
    public async Task Life_goes_on_with_a_second_tenant_beside_it()
    {
        await store.AddAsync(
            [
                new(ATimer.New().OwnedBy("acme", OwnUuid).WithTags("old").Build(), LogPosition.None) { Tenant = "acme" },
                new(ATimer.New().WithId(Guid.Parse(OwnUuid)).WithFingerprint(1).Build(), LogPosition.None),
            ],
            default);

        var claimed = await store.ClaimAsync(new ClaimRequest(DateTimeOffset.MinValue, Clocks.Noon, 10, long.MaxValue), default);
        Assert.That(claimed.Select(timer => (timer.Tenant, timer.Id)), Is.EquivalentTo([(Tenant.Default, OwnUuid), ("acme", OwnUuid)]));
        Assert.That(claimed.Select(timer => timer.Token.Value), Has.All.GreaterThan(1_099_511_627_777), "no token is drawn again");
        await store.RecordAsync([.. claimed.Select(timer => timer.Succeeded())], default);

        Assert.That((await store.CountAsync(default)).ByState[TimerState.Succeeded], Is.EqualTo(1));
        Assert.That((await store.CountAsync("acme", default)).ByState[TimerState.Succeeded], Is.EqualTo(1));
        Assert.That(await ListAsync(new TimerQuery { Tags = ["old"] }), Is.EqualTo(["order/17", OwnUuid]));
        Assert.That(await store.PurgeAsync(Clocks.Noon.AddDays(1), 10, default), Is.EqualTo(3));
        Assert.That(await ListAsync(new TimerQuery { Tags = ["old"] }), Is.Empty);
        Assert.That(await ListAsync(new TimerQuery()), Has.Count.EqualTo(1));
    }

    [Test]
    public void A_file_is_brought_up_to_date_once()
    {
        store.Dispose();

        store = new SqliteTimerStore(folder.File("timers.db"), clock);

        Assert.That(async () => await ListAsync(new TimerQuery()), Has.Count.EqualTo(3));
    }

    private async Task<List<string>> ListAsync(TimerQuery query) =>
        [.. (await store.ListAsync(query, default)).Items.Select(row => row.Id)];
}
