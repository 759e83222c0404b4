using Contracts.Storage;
using Infrastructure.Storage.Sqlite;
using Tests.Support;

namespace Tests.Infrastructure;

public sealed class SqliteWriterTests
{
    private TemporaryFolder folder = null!;
    private SqliteConnection connection = null!;
    private SqliteWriter writer = null!;

    [SetUp]
    public void Open()
    {
        folder = new TemporaryFolder();
        connection = new SqliteConnection(folder.File("test.db"), readOnly: false);
        connection.Execute("PRAGMA journal_mode=WAL; PRAGMA busy_timeout=0; CREATE TABLE numbers (number INTEGER PRIMARY KEY)");
        writer = new SqliteWriter(connection, "test", () => null, _ => { }, SqliteTuning.Prompt.MaxRows);
    }

    [TearDown]
    public void Close()
    {
        writer.Dispose();
        connection.Dispose();
        folder.Dispose();
    }

    [Test]
    public async Task RunAsync_of_work_that_waits_goes_by_priority_and_then_by_arrival()
    {
        var order = new List<string>();
        var held = Hold(out var gate);
        var waiting = new List<Task>();
        foreach (var priority in Enum.GetValues<WritePriority>().Reverse())
        {
            foreach (var turn in new[] { "first", "second" })
            {
                waiting.Add(writer.RunAsync(priority, 1, _ => { order.Add($"{priority} {turn}"); return true; }, default));
            }
        }

        gate.Set();
        await Task.WhenAll([held, .. waiting]);

        Assert.That(
            order, Is.EqualTo(Enum.GetValues<WritePriority>().SelectMany(priority => new[] { $"{priority} first", $"{priority} second" })));
    }

    [Test]
    public async Task RunAsync_of_upkeep_has_its_turn_under_unbroken_load()
    {
        const int Max = 100;
        var ran = 0;
        var last = new List<Task>();
        Task Flood() => writer.RunAsync(
            WritePriority.Ingest,
            1_000,
            _ =>
            {
                // As long as it goes on, another such waits before this one is done.
                if (++ran < Max)
                {
                    last.Add(Flood());
                }

                return true;
            },
            default);
        var held = Hold(out var gate);
        last.Add(Flood());
        var before = 0;
        var upkeep = writer.RunAloneAsync(WritePriority.Upkeep, _ => before = ran, default);

        gate.Set();
        await Task.WhenAll(held, upkeep);
        await Eventually.That(() => ran == Max, TimeSpan.FromSeconds(10), "the load ends");

        Assert.That(before, Is.InRange(1, Max / 2));
    }

    [Test]
    public async Task RunAsync_of_work_that_fails_is_undone_alone()
    {
        var held = Hold(out var gate);
        var one = InsertAsync(1);
        var failing = writer.RunAsync<bool>(
            WritePriority.Ingest, 1, file => { Insert(file, 2); throw new InvalidOperationException("after its row"); }, default);
        var three = InsertAsync(3);

        gate.Set();
        await held;

        await one;
        Assert.That(async () => await failing, Throws.InvalidOperationException.With.Message.EqualTo("after its row"));
        await three;
        Assert.That(await NumbersAsync(), Is.EqualTo([1, 3]));
    }

    [Test]
    public async Task RunAsync_of_work_that_sqlite_refuses_is_told_as_unavailable_and_refused()
    {
        await InsertAsync(1);

        var error = Assert.ThrowsAsync<StoreUnavailableException>(() => InsertAsync(1));

        Assert.That(error.Outcome, Is.EqualTo(WriteOutcome.Refused));
    }

    [Test]
    public async Task RunAsync_while_no_transaction_can_begin_is_refused_and_works_again_later()
    {
        using var other = new SqliteConnection(folder.File("test.db"), readOnly: false);
        other.Execute("BEGIN IMMEDIATE");
        var refused = InsertAsync(1);
        var error = Assert.ThrowsAsync<StoreUnavailableException>(() => refused.WaitAsync(TimeSpan.FromSeconds(10)));
        other.Execute("ROLLBACK");

        await InsertAsync(2);

        Assert.That(error.Outcome, Is.EqualTo(WriteOutcome.Refused));
        Assert.That(await NumbersAsync(), Is.EqualTo([2]));
    }

    [Test]
    public async Task RunAsync_completes_when_others_can_read_it()
    {
        using var reader = new SqliteConnection(folder.File("test.db"), readOnly: true);

        await InsertAsync(7);

        Assert.That(Numbers(reader), Is.EqualTo([7]));
    }

    [Test]
    public async Task RunAsync_taken_back_before_its_turn_is_not_run()
    {
        using var caller = new CancellationTokenSource();
        var held = Hold(out var gate);
        var takenBack = writer.RunAsync(WritePriority.Ingest, 1, file => { Insert(file, 1); return true; }, caller.Token);
        var kept = InsertAsync(2);

        await caller.CancelAsync();
        gate.Set();
        await held;

        Assert.That(async () => await takenBack, Throws.InstanceOf<OperationCanceledException>());
        await kept;
        Assert.That(await NumbersAsync(), Is.EqualTo([2]));
    }

    [Test]
    public async Task RunAloneAsync_stands_in_no_transaction_and_RunAsync_in_one()
    {
        var alone = await writer.RunAloneAsync(WritePriority.Control, file => file.IsAutoCommit, default);
        var grouped = await writer.RunAsync(WritePriority.Control, 1, file => file.IsAutoCommit, default);

        Assert.That((alone, grouped), Is.EqualTo((true, false)));
    }

    [Test]
    public async Task Dispose_does_what_is_queued_and_refuses_what_comes_later()
    {
        using var own = new SqliteConnection(folder.File("test.db"), readOnly: false);
        var stopped = new SqliteWriter(own, "stopped", () => null, _ => { }, SqliteTuning.Prompt.MaxRows);
        var queued = Enumerable.Range(1, 3).Select(number => InsertAsync(number, stopped)).ToList();

        stopped.Dispose();

        await Task.WhenAll(queued);
        Assert.That(Numbers(own), Is.EqualTo([1, 2, 3]));
        Assert.That(Assert.ThrowsAsync<StoreUnavailableException>(() => InsertAsync(4, stopped)).Outcome, Is.EqualTo(WriteOutcome.Refused));
    }

    [Test]
    public async Task Dispose_at_once_after_work_was_queued_does_that_work()
    {
        for (var round = 0; round < 300; round++)
        {
            using var own = new SqliteConnection(":memory:", readOnly: false);
            var stopped = new SqliteWriter(own, "stopped", () => null, _ => { }, SqliteTuning.Prompt.MaxRows);
            await stopped.RunAloneAsync(WritePriority.Control, _ => true, default);
            var queued = stopped.RunAloneAsync(WritePriority.Control, _ => true, default);

            stopped.Dispose();

            Assert.That(queued.IsCompleted, Is.True, $"Round {round} left it waiting for ever.");
        }
    }

    /// <summary>Keeps the writer busy, so that what comes meanwhile waits together.</summary>
    private Task<bool> Hold(out ManualResetEventSlim gate)
    {
        var opened = gate = new ManualResetEventSlim();
        return writer.RunAloneAsync(WritePriority.Outcomes, _ => { opened.Wait(); return true; }, default);
    }

    private Task<bool> InsertAsync(int number, SqliteWriter? by = null) =>
        (by ?? writer).RunAsync(WritePriority.Ingest, 1, file => { Insert(file, number); return true; }, default);

    private static void Insert(SqliteConnection file, int number) =>
        file.Statement("INSERT INTO numbers VALUES (?1)").Bind(1, number).Run();

    private Task<List<int>> NumbersAsync() => writer.RunAloneAsync(WritePriority.Control, Numbers, default);

    private static List<int> Numbers(SqliteConnection file)
    {
        var numbers = new List<int>();
        var rows = file.Statement("SELECT number FROM numbers ORDER BY number");
        while (rows.Step())
        {
            numbers.Add(rows.Int32(0));
        }

        rows.Reset();
        return numbers;
    }
}
