using Contracts.Common;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Storage.Sqlite;
using Infrastructure.Timers.Sqlite;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>One row or page that cannot be read holds up no other, and is told.</summary>
public sealed class SqliteTimerDamageTests
{
    private const int PageBytes = 4_096;

    /// <summary>What a flipped bit or a stray tool may leave in a row.</summary>
    private static readonly string[] Damages =
    [
        "key = x'00'", "due_at = 9000000000000000000", "created_at = 9000000000000000000", "tenant = 99", "state = 77",
    ];

    private TemporaryFolder folder = null!;
    private SqliteTimerStore store = null!;

    private static ClaimRequest Due => new(DateTimeOffset.MinValue, Clocks.Noon, 100, long.MaxValue);

    [SetUp]
    public void Create()
    {
        folder = new TemporaryFolder();
        Open();
    }

    [TearDown]
    public void Remove()
    {
        store.Dispose();
        folder.Dispose();
    }

    [TestCaseSource(nameof(Damages))]
    public async Task A_damaged_row_is_left_out_of_lists_and_of_claims(string damage)
    {
        var timers = await AddAsync(3);
        await DamageAsync(damage, row: 2);

        var listed = await store.ListAsync(new TimerQuery(), default);
        var claimed = await store.ClaimAsync(Due, default);
        var again = await store.ClaimAsync(Due, default);
        var counts = await store.CountAsync(Tenant.Default, default);

        Guid[] whole = [timers[0], timers[2]];
        Assert.That(listed.Items.Select(timer => timer.Key), Is.EqualTo(whole.Reverse()));
        Assert.That(claimed.Select(timer => timer.Key), Is.EqualTo(whole));
        Assert.That(again, Is.Empty);
        Assert.That(counts.ByState[TimerState.Armed], Is.EqualTo(2));
        Assert.That(store.File.Fault, Does.Contain("Row 2 of the timers"));
    }

    [Test]
    public async Task A_timer_that_was_set_aside_is_told_at_each_start()
    {
        await AddAsync(3);
        await DamageAsync("due_at = 9000000000000000000", row: 2);
        await store.ClaimAsync(Due, default);
        store.Dispose();

        Open();

        Assert.That(store.File.Fault, Does.Contain("1 timers of timers.db"));
    }

    [Test]
    public async Task A_damaged_row_does_not_keep_the_claims_of_the_process_before()
    {
        await AddAsync(3);
        await store.ClaimAsync(Due, default);
        await DamageAsync("due_at = 9000000000000000000", row: 2);

        Assert.That(await store.ReclaimAsync(Clocks.Noon, default), Is.EqualTo(3));
        Assert.That(await store.ClaimAsync(Due, default), Has.Count.EqualTo(2));
        Assert.That(store.File.Fault, Does.Contain("Row 2 of the timers"));
    }

    [Test]
    public async Task Who_asks_for_a_damaged_row_is_told_so()
    {
        var timers = await AddAsync(2);
        await DamageAsync("due_at = 9000000000000000000", row: 2);

        Assert.That(
            () => store.FindAsync([timers[1]], default), Throws.TypeOf<StoreUnavailableException>().With.Message.Contains("damaged"));
        Assert.That(await store.FindAsync(timers, default), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_damaged_page_is_called_that_until_the_next_start()
    {
        await AddAsync(5_000);
        store.Dispose();
        await using (var file = File.OpenWrite(folder.File("timers.db")))
        {
            file.Position = 100 * PageBytes;
            await file.WriteAsync(Enumerable.Repeat((byte)0xA5, 400 * PageBytes).ToArray());
        }

        Open();

        Assert.That(ReadAllAsync, Throws.TypeOf<StoreUnavailableException>().With.Message.Contains("damaged"));
        Assert.That(store.File.Fault, Does.Contain("timers.db").And.Contain("timers check").And.Not.Contain("at the moment"));
    }

    private async Task ReadAllAsync()
    {
        TimerCursor? next = null;
        do
        {
            next = (await store.ListAsync(new TimerQuery { Cursor = next, Limit = 1_000 }, default)).Next;
        }
        while (next is not null);
    }

    private void Open() => store = new SqliteTimerStore(folder.File("timers.db"), Clocks.AtNoon());

    private async Task<Guid[]> AddAsync(int count)
    {
        TimerScheduled[] timers = [.. Enumerable.Range(0, count).Select(_ => ATimer.New().DueAt(Clocks.Noon).Build())];
        await store.AddAsync(timers, default);
        return [.. timers.Select(timer => timer.TimerId)];
    }

    private Task DamageAsync(string damage, int row) => store.File.Writer.RunAsync(
        WritePriority.Control,
        rows: 1,
        connection =>
        {
            connection.Execute($"UPDATE timers SET {damage} WHERE seq = {row}");
            return true;
        },
        default);
}
