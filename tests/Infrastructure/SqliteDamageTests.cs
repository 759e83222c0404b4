using Contracts.Storage;
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
    public async Task Nothing_more_is_stored_once_a_file_is_deleted(string part)
    {
        using var file = Open();
        await InsertAsync(file);

        File.Delete(folder.File("test" + part));

        Assert.That(() => InsertAsync(file), Throws.TypeOf<StoreUnavailableException>().With.Message.Contains("deleted"));
        Assert.That(file.Fault, Does.Contain("test" + part));
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

    private static Task<bool> InsertAsync(SqliteFile file) => file.Writer.RunAsync(
        WritePriority.Control, rows: 1, connection => connection.Statement("INSERT INTO rows VALUES ('a row')").Run() == 1, default);

    /// <summary>A log of commits that are not in the file yet, as a kill leaves it.</summary>
    private void LeaveLog(int commits)
    {
        using var connection = new SqliteConnection(folder.File("live.db"), readOnly: false);
        connection.Execute(SqliteFile.WriterSettings);
        connection.Execute("CREATE TABLE rows (text TEXT)");
        for (var i = 0; i < commits; i++)
        {
            connection.Execute("INSERT INTO rows VALUES ('a row')");
        }

        File.Copy(folder.File("live.db"), folder.File("test.db"));
        File.Copy(folder.File("live.db-wal"), folder.File("test.db-wal"));
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
