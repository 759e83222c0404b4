using Contracts.Storage;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>What happens to the files behind SQLite's back is noticed, and called by its name.</summary>
public sealed class SqliteDamageTests
{
    private const int PageBytes = 4_096;
    private const int FrameBytes = PageBytes + 24;
    private TemporaryFolder folder = null!;

    [SetUp]
    public void Make() => folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => folder.Dispose();

    [TestCase(".db")]
    [TestCase(".db-wal")]
    [TestCase(".db-shm")]
    public async Task Nothing_more_is_stored_once_a_file_is_deleted(string part)
    {
        using var file = Open();
        await InsertAsync(file);

        File.Delete(folder.File("test" + part));

        Assert.That(() => InsertAsync(file), Throws.TypeOf<StoreUnavailableException>().With.Message.Contains("deleted"));
        Assert.That(file.Fault, Does.Contain("test" + part));
    }

    [Test]
    public async Task Nothing_more_is_stored_once_a_file_beside_it_is_deleted_or_cut_short()
    {
        var beside = folder.File("beside");
        await File.WriteAllTextAsync(beside, "four");
        using var file = Open();
        file.Watch(beside, length: 4);
        await InsertAsync(file);

        await File.WriteAllTextAsync(beside, "cut");

        Assert.That(() => InsertAsync(file), Throws.TypeOf<StoreUnavailableException>().With.Message.Contains("cut from 4 to 3 bytes"));
        File.Delete(beside);
        Assert.That(file.Fault, Does.Contain("cut from 4 to 3 bytes"), "what was told first stays");
    }

    /// <summary>What a stray tool does to a file that is in use.</summary>
    [TestCase(".db", 0, 4_096, "The beginning of", TestName = "The header of the file is overwritten")]
    [TestCase(".db", 100, 3_000, "The beginning of", TestName = "The schema of the file is overwritten")]
    [TestCase(".db-wal", 0, 32, "The beginning of", TestName = "The header of the log is overwritten")]
    [TestCase(".db", null, 4_096, "was cut from", TestName = "The file is cut short")]
    [TestCase(".db", null, 0, "was cut from", TestName = "The file is emptied")]
    [TestCase(".db-wal", null, 100, "was cut from", TestName = "The log is cut short")]
    public async Task Nothing_more_is_stored_once_a_file_is_damaged(string part, int? from, int bytes, string told)
    {
        using var file = Open();
        await InsertAsync(file, rows: 2_000);
        await file.CheckpointAsync(default);
        await InsertAsync(file);

        Damage("test" + part, from, bytes);

        Assert.That(() => InsertAsync(file), Throws.TypeOf<StoreUnavailableException>().With.Message.Contains(told));
        Assert.That(file.Fault, Does.Contain($"test{part}").And.Contain("timers check"));
    }

    [TestCase(".db-shm", null, TestName = "A deleted file is told without a write")]
    [TestCase(".db", 0, TestName = "An overwritten file is told without a write")]
    public async Task It_is_told_without_a_write(string part, int? from)
    {
        var log = new KeptLog<DamageReport>();
        using var file = new SqliteFile(
            folder.File("test.db"), connection => connection.Execute("CREATE TABLE IF NOT EXISTS rows (text TEXT)"), new DamageReport(log));
        await InsertAsync(file);

        if (from is null)
        {
            File.Delete(folder.File("test" + part));
        }
        else
        {
            Damage("test" + part, from, 100);
        }

        await Eventually.That(
            () => log.Text.Contains("4201", StringComparison.Ordinal), TimeSpan.FromSeconds(10), () => $"it is in the log: {log.Text}");
        Assert.That(log.Text, Does.Contain("test" + part));
    }

    [Test]
    public async Task What_was_stored_before_the_log_was_deleted_is_there_after_the_process_was_killed()
    {
        using var file = Open();
        await InsertAsync(file, rows: 500);

        File.Delete(folder.File("test.db-wal"));
        Assert.That(() => InsertAsync(file), Throws.TypeOf<StoreUnavailableException>());
        await file.CheckpointAsync(default);

        // What a kill leaves.
        File.Copy(folder.File("test.db"), folder.File("killed.db"));
        using var next = new SqliteConnection(folder.File("killed.db"), readOnly: true);
        var rows = next.Statement("SELECT count(*) FROM rows");
        rows.Step();
        Assert.That(rows.Int64(0), Is.EqualTo(500));
    }

    [Test]
    public async Task A_damaged_file_is_not_covered_with_what_the_log_holds()
    {
        using (var file = Open())
        {
            await InsertAsync(file, rows: 2_000);
            await file.CheckpointAsync(default);
            await InsertAsync(file);
            Damage("test.db", from: null, 8_192);
            Assert.That(file.Fault, Is.Not.Null);
        }

        Assert.That(new FileInfo(folder.File("test.db")).Length, Is.EqualTo(8_192), "it is as it was, so that it can be examined");
        Assert.That(new FileInfo(folder.File("test.db-wal")).Length, Is.Positive, "what was stored last is kept");
    }

    [Test]
    public async Task What_the_service_itself_does_to_its_files_is_no_damage()
    {
        using var file = Open();
        for (var round = 0; round < 5; round++)
        {
            for (var i = 0; i < 20; i++)
            {
                await InsertAsync(file, rows: 1_000);
                await file.CheckpointAsync(default);
            }

            await file.Writer.RunAsync(
                WritePriority.Control, rows: 1, connection => connection.Statement("DELETE FROM rows").Run() > 0, default);
            await file.ShrinkAsync(default);
            await file.CheckpointAsync(default);
            await InsertAsync(file);
        }

        Assert.That(file.Fault, Is.Null);
    }

    [Test]
    public void A_file_that_was_cut_short_before_its_log_was_copied_is_found()
    {
        LeaveLog(commits: 20, rows: 100);
        Assert.That(WriteAheadLog.FindDamage(folder.File("test.db")), Is.Null, "before");

        Damage("test.db", from: null, 4_096);

        Assert.That(WriteAheadLog.FindDamage(folder.File("test.db")), Does.Contain("test.db is cut short"));
    }

    [Test]
    public async Task Nothing_more_is_stored_once_the_file_is_another_one()
    {
        using var file = Open();
        await InsertAsync(file);

        File.Copy(folder.File("test.db"), folder.File("copy.db"));
        File.Move(folder.File("copy.db"), folder.File("test.db"), overwrite: true);

        Assert.That(() => InsertAsync(file), Throws.TypeOf<StoreUnavailableException>().With.Message.Contains("replaced"));
    }

    [Test]
    public void A_byte_that_is_damaged_in_the_middle_of_the_log_is_found()
    {
        LeaveLog(commits: 20);
        Assert.That(WriteAheadLog.FindDamage(folder.File("test.db")), Is.Null, "before");
        var length = new FileInfo(folder.File("test.db-wal")).Length;

        var missed = 0;
        foreach (var position in Enumerable.Range(0, 40).Select(i => i * length / 40))
        {
            Flip(position);
            missed += WriteAheadLog.FindDamage(folder.File("test.db")) is null ? 1 : 0;
            Flip(position);
        }

        Assert.That(missed, Is.LessThanOrEqualTo(3), "those in the last commit, which a crash may have cut short as well");
    }

    [Test]
    public void A_byte_that_is_damaged_in_the_last_commit_is_found_once_that_was_copied()
    {
        var last = LeaveLog(commits: 3, isCopied: true);
        Assert.That(WriteAheadLog.FindDamage(folder.File("test.db")), Is.Null, "before");

        Flip(last + (FrameBytes / 2));

        Assert.That(WriteAheadLog.FindDamage(folder.File("test.db")), Does.Contain("damaged at byte"));
    }

    [Test]
    public void A_log_that_a_crash_cut_short_is_no_damage()
    {
        LeaveLog(commits: 20);
        var length = new FileInfo(folder.File("test.db-wal")).Length;

        for (var cut = length - 1; cut > length - FrameBytes; cut -= 500)
        {
            using (var wal = File.OpenWrite(folder.File("test.db-wal")))
            {
                wal.SetLength(cut);
            }

            Assert.That(WriteAheadLog.FindDamage(folder.File("test.db")), Is.Null, $"{cut} of {length} bytes");
        }
    }

    [Test]
    public void Without_a_log_there_is_no_damage() => Assert.That(WriteAheadLog.FindDamage(folder.File("none.db")), Is.Null);

    private SqliteFile Open() => new(
        folder.File("test.db"), connection => connection.Execute("CREATE TABLE IF NOT EXISTS rows (text TEXT)"));

    private static Task<bool> InsertAsync(SqliteFile file, int rows = 1) => file.Writer.RunAsync(
        WritePriority.Control,
        rows,
        connection =>
        {
            for (var i = 0; i < rows; i++)
            {
                connection.Statement("INSERT INTO rows VALUES ('a row of several bytes, so that there are many pages of them')").Run();
            }

            return true;
        },
        default);

    /// <summary>Overwrites bytes from a position, or cuts the file to that many bytes.</summary>
    private void Damage(string name, int? from, int bytes)
    {
        using var file = new FileStream(folder.File(name), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        if (from is not { } position)
        {
            file.SetLength(bytes);
            return;
        }

        file.Position = position;
        file.Write(Enumerable.Repeat((byte)0xA5, bytes).ToArray());
    }

    /// <summary>A log of commits that are not in the file yet, as a kill leaves it.</summary>
    /// <returns>Where the last commit begins that was copied into the file.</returns>
    private long LeaveLog(int commits, int rows = 0, bool isCopied = false)
    {
        using var connection = new SqliteConnection(folder.File("live.db"), readOnly: false);
        connection.Execute(SqliteFile.WriterSettings);
        connection.Execute("CREATE TABLE rows (text TEXT)");
        if (rows > 0)
        {
            connection.Execute(
                $"WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < {rows}) "
                + "INSERT INTO rows SELECT hex(randomblob(500)) FROM many");
            connection.Execute("PRAGMA wal_checkpoint(PASSIVE)");
        }

        for (var i = 0; i < commits; i++)
        {
            connection.Execute("INSERT INTO rows VALUES ('a row')");
        }

        var last = new FileInfo(folder.File("live.db-wal")).Length;
        if (isCopied)
        {
            // The last commit consists of several pages.
            connection.Execute("BEGIN; CREATE TABLE more (text TEXT); INSERT INTO more VALUES ('a row'); COMMIT");
            connection.Execute("PRAGMA wal_checkpoint(PASSIVE)");
        }

        File.Copy(folder.File("live.db"), folder.File("test.db"));
        File.Copy(folder.File("live.db-wal"), folder.File("test.db-wal"));
        return last;
    }

    private void Flip(long position)
    {
        using var wal = File.Open(folder.File("test.db-wal"), FileMode.Open);
        wal.Position = position;
        var before = wal.ReadByte();
        wal.Position = position;
        wal.WriteByte((byte)(before ^ 0x10));
    }
}
