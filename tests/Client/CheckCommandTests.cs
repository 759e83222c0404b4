using Client;
using Contracts.Timers;
using Infrastructure.Storage.Sqlite;
using Infrastructure.Timers.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Tests.Support;

namespace Tests.Client;

/// <summary><c>timers check</c>: what is whole, and what is not, by its name.</summary>
public sealed class CheckCommandTests
{
    private const int PageBytes = 4_096;
    private TemporaryFolder folder = null!;

    [SetUp]
    public void Make() => folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => folder.Dispose();

    [Test]
    public async Task A_folder_that_is_whole_is_whole_while_the_service_runs_and_after()
    {
        await using var standalone = new StandaloneProcess();
        await standalone.StartAsync();
        await standalone.Http.CreateAsync(new { url = "http://127.0.0.1:2/hook", delay = "PT1H" });
        var data = Path.Combine(standalone.Folder, "data");

        var running = Check(data);
        await standalone.TerminateAsync();
        var stopped = Check(data);

        Assert.That(running, Is.EqualTo((0, stopped.Output)));
        Assert.That(stopped.Output, Does.Contain("timers.db: whole"));
    }

    [Test]
    public async Task A_damaged_row_is_named_with_what_is_wrong_with_it()
    {
        await AddAsync(3, "UPDATE timers SET spec = x'7B' WHERE seq = 2", "UPDATE timers SET due_at = 9000000000000000000 WHERE seq = 3");

        var (code, output) = Check(folder.Path);

        Assert.That(code, Is.EqualTo(1));
        Assert.That(output, Does.Contain("timers.db: DAMAGED").And.Contain("Row 2 of the timers").And.Contain("Row 3 of the timers"));
    }

    [Test]
    public async Task Counts_that_are_not_those_of_the_rows_are_told()
    {
        await AddAsync(3, "DELETE FROM timers WHERE seq = 2");

        Assert.That(Check(folder.Path).Output, Does.Contain("3 timers are counted in state 2, and 2 are there."));
    }

    [Test]
    public async Task A_damaged_page_is_found()
    {
        await AddAsync(5_000);
        await using (var file = File.OpenWrite(folder.File("timers.db")))
        {
            file.Position = 100 * PageBytes;
            await file.WriteAsync(Enumerable.Repeat((byte)0xA5, 10 * PageBytes).ToArray());
        }

        var (code, output) = Check(folder.Path);

        Assert.That(code, Is.EqualTo(1));
        Assert.That(output, Does.Contain("timers.db: DAMAGED"));
    }

    [TestCase("", "empty")]
    [TestCase("something else entirely", "no database")]
    public async Task An_empty_or_foreign_file_is_called_so(string content, string told)
    {
        await File.WriteAllTextAsync(folder.File("timers.db"), content);

        var (code, output) = Check(folder.Path);

        Assert.That(code, Is.EqualTo(1));
        Assert.That(output, Does.Contain(told));
    }

    [Test]
    public async Task A_damaged_record_in_the_journal_is_named()
    {
        await AddAsync(3);
        using (var journal = new OutcomeJournal(folder.File("timers.db-outcomes"), NullLogger<OutcomeJournal>.Instance, Clocks.AtNoon()))
        {
            var claimed = new ClaimedTimer(Guid.NewGuid(), new ClaimToken(1), Clocks.Noon, Clocks.Noon, 1, 0, 0, ATimer.New().Build().Spec);
            Enumerable.Range(0, 10).ToList().ForEach(_ => journal.TryAppend(claimed.Succeeded()));
        }

        Assert.That(Check(folder.Path).Code, Is.Zero, "before");
        await using (var file = File.Open(folder.File("timers.db-outcomes"), FileMode.Open))
        {
            file.Position = 500;
            var before = file.ReadByte();
            file.Position = 500;
            file.WriteByte((byte)~before);
        }

        var (code, output) = Check(folder.Path);

        Assert.That(code, Is.EqualTo(1));
        Assert.That(output, Does.Contain("timers.db: DAMAGED").And.Contain("timers.db-outcomes is damaged at byte"));
    }

    [Test]
    public async Task A_file_that_was_there_and_is_gone_is_missed()
    {
        await File.WriteAllTextAsync(folder.File("lock"), "timers\n");

        Assert.That(Check(folder.Path).Output, Does.Contain("timers.db: DAMAGED").And.Contain("missing"));
    }

    [Test]
    public void A_folder_without_data_cannot_be_checked()
    {
        using var errors = new StringWriter();

        var code = CheckCommand.Create(ClientSlices.All, TextWriter.Null, errors).Parse([folder.Path]).Invoke();

        Assert.That(code, Is.EqualTo(2));
        Assert.That(errors.ToString(), Does.Contain("holds no data"));
    }

    private static (int Code, string Output) Check(string path)
    {
        using var output = new StringWriter();
        var code = CheckCommand.Create(ClientSlices.All, output, TextWriter.Null).Parse([path]).Invoke();
        return (code, output.ToString());
    }

    private async Task AddAsync(int count, params string[] damages)
    {
        using var store = new SqliteTimerStore(folder.File("timers.db"), Clocks.AtNoon());
        await store.AddAsync([.. Enumerable.Range(0, count).Select(_ => ATimer.New().Build())], default);
        foreach (var damage in damages)
        {
            await store.File.Writer.RunAsync(
                WritePriority.Control,
                rows: 1,
                connection =>
                {
                    connection.Execute(damage);
                    return true;
                },
                default);
        }
    }
}
