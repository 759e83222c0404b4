using System.Text;
using Contracts.Timers;
using Infrastructure.Timers.Common;
using Infrastructure.Timers.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>What a journal keeps of outcomes over the end of a process, and what it must not keep.</summary>
public sealed class OutcomeJournalTests
{
    private const string Secret = "the answer held a secret";
    private TemporaryFolder folder = null!;
    private KeptLog<OutcomeJournal> log = null!;
    private FakeTimeProvider clock = null!;

    private string Path => folder.File("timers.db" + OutcomeFile.Suffix);

    [SetUp]
    public void MakeFolder() => (folder, log, clock) = (new TemporaryFolder(), new KeptLog<OutcomeJournal>(), Clocks.AtNoon());

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void What_the_store_does_not_have_yet_is_there_after_a_restart_whole()
    {
        AttemptOutcome[] outcomes =
        [
            Outcome(1),
            Outcome(2) with { State = TimerState.Scheduled, Tenant = "another" },
            Outcome(3) with
                { State = TimerState.Failed, Attempt = Outcome(3).Attempt with { Status = null, Error = "größer als gedacht" } },
        ];
        using (var journal = Open())
        {
            Assert.That(journal.TakeLeft(), Is.Empty);
            Assert.That(outcomes.Select(journal.TryAppend), Has.None.Null);
        }

        using var next = Open();

        var left = next.TakeLeft().Select(each => each.Outcome).ToList();
        Assert.That(left.ConvertAll(Text), Is.EqualTo(outcomes.Select(Text)));
        Assert.That(next.TakeLeft(), Is.Empty, "They are handed out once.");
    }

    [TestCase(2)]
    [TestCase(OutcomeBuffer.MaxCount + 3)]
    [TestCase(100)]
    public async Task What_comes_at_once_is_in_the_file_soon_and_in_order(int count)
    {
        using var journal = Open();
        var outcomes = Enumerable.Range(0, count).Select(Outcome).ToList();

        outcomes.ForEach(outcome => Assert.That(journal.TryAppend(outcome), Is.Not.Null));

        await Eventually.That(() => ReadCopy().Count == count, TimeSpan.FromSeconds(30), "a kill would lose none of them");
        Assert.That(ReadCopy().ConvertAll(Text), Is.EqualTo(outcomes.ConvertAll(Text)));
    }

    [Test]
    public void What_the_store_has_is_gone_and_overwritten()
    {
        using (var journal = Open())
        {
            var receipts = Enumerable.Range(1, 50).Select(i => journal.TryAppend(Outcome(i))!.Value).ToList();
            receipts.ForEach(journal.Release);
        }

        Assert.That(Encoding.UTF8.GetString(File.ReadAllBytes(Path)), Does.Not.Contain(Secret));
        using var next = Open();
        Assert.That(next.TakeLeft(), Is.Empty);
    }

    [Test]
    public void What_was_left_is_overwritten_once_the_store_has_it()
    {
        using (var journal = Open())
        {
            journal.TryAppend(Outcome(1));
        }

        using (var next = Open())
        {
            foreach (var (_, receipt) in next.TakeLeft())
            {
                next.Release(receipt);
            }
        }

        Assert.That(ReadSegments(), Has.All.Zero);
    }

    [Test]
    public void A_store_that_is_far_behind_fills_it_and_it_goes_on_when_that_catches_up()
    {
        using var journal = Open();
        var length = new FileInfo(Path).Length;
        var receipts = Fill(journal);

        Assert.That(receipts, Has.Count.GreaterThan(1_000));
        Assert.That(journal.TryAppend(Outcome(0)), Is.Null);
        receipts.Where(receipt => receipt.Segment == receipts[0].Segment).ToList().ForEach(journal.Release);

        Assert.That(journal.TryAppend(Outcome(0)), Is.Not.Null);
        Assert.That(new FileInfo(Path).Length, Is.EqualTo(length), "It never grows.");
    }

    [Test]
    public void A_record_that_was_cut_off_ends_it_and_those_before_it_count()
    {
        using (var journal = Open())
        {
            journal.TryAppend(Outcome(1));
            journal.TryAppend(Outcome(2));
        }

        Flip(Array.FindLastIndex(ReadSegments(), each => each != 0));

        Assert.That(OutcomeFile.Check(Path), Is.Empty, "a power cut does that");
        using var next = Open();
        Assert.That(next.TakeLeft().Select(each => Text(each.Outcome)), Is.EqualTo(new[] { Text(Outcome(1)) }));
        Assert.That(log.Text, Does.Contain("4212").And.Contain(Path).And.Not.Contain("4211"));
    }

    /// <summary>Each byte of a record in the middle: its length, its checksum, what it holds.</summary>
    [Test]
    public void A_damaged_record_is_told_and_all_others_are_read([Values(0, 1, 2, 3, 4, 11, 12, 30, 60, 100)] int at)
    {
        int length;
        using (var journal = Open())
        {
            journal.TryAppend(Outcome(1));
            length = Array.FindLastIndex(ReadSegments(), each => each != 0) + 1;
            Enumerable.Range(2, 99).ToList().ForEach(number => journal.TryAppend(Outcome(number)));
        }

        Flip((10 * length) + at);

        Assert.That(OutcomeFile.Check(Path).Single(), Does.Contain(Path).And.Contain($"damaged at byte {10 * length}"));
        using var next = Open();
        Assert.That(
            next.TakeLeft().Select(each => Text(each.Outcome)),
            Is.EqualTo(Enumerable.Range(1, 100).Where(number => number != 11).Select(number => Text(Outcome(number)))));
        Assert.That(log.Text, Does.Contain("4211").And.Contain(Path));
    }

    [Test]
    public void A_file_of_something_else_is_refused_and_left_as_it_is()
    {
        File.WriteAllText(Path, "notes that somebody keeps here");

        Assert.That(Open, Throws.InstanceOf<IOException>().With.Message.Contains("something else"));
        Assert.That(File.ReadAllText(Path), Is.EqualTo("notes that somebody keeps here"));
        Assert.That(OutcomeFile.Check(Path).Single(), Does.Contain(Path).And.Contain("something else"));
    }

    [Test]
    public void A_file_of_the_first_release_is_read()
    {
        using (var journal = Open())
        {
            journal.TryAppend(Outcome(1));
        }

        // It had nothing behind its segments.
        using (var file = File.OpenWrite(Path))
        {
            file.SetLength(OutcomeFile.SegmentCount * OutcomeFile.SegmentBytes);
        }

        using var next = Open();
        Assert.That(next.TakeLeft().Select(each => Text(each.Outcome)), Is.EqualTo(new[] { Text(Outcome(1)) }));
    }

    [Test]
    public void A_kill_while_it_is_being_cleared_is_no_damage()
    {
        using (var journal = Open())
        {
            Enumerable.Range(1, 100).ToList().ForEach(number => journal.TryAppend(Outcome(number)));
        }

        using (var file = File.OpenWrite(Path))
        {
            file.Write(new byte[4_096]);
        }

        Assert.That(OutcomeFile.Check(Path), Is.Empty);
        using var next = Open();
        Assert.That(
            next.TakeLeft().Select(each => Text(each.Outcome)), Is.SubsetOf(Enumerable.Range(1, 100).Select(n => Text(Outcome(n)))));
        Assert.That(log.Text, Is.Empty);
    }

    /// <summary>A file that is mapped into memory would end the process.</summary>
    [Test]
    public void One_that_is_cut_short_ends_nothing_and_what_comes_afterwards_is_kept()
    {
        using (var journal = Open())
        {
            journal.TryAppend(Outcome(1));
            using (var file = new FileStream(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            {
                file.SetLength(0);
            }

            Assert.That(journal.TryAppend(Outcome(2)), Is.Not.Null);
        }

        using var next = Open();
        Assert.That(next.TakeLeft().Select(each => Text(each.Outcome)), Is.EqualTo(new[] { Text(Outcome(2)) }));
    }

    [Test]
    public void A_store_that_takes_nothing_for_a_while_is_told_until_there_is_room_again()
    {
        using var journal = Open();
        var receipts = Fill(journal);
        Assert.That(journal.Fault, Is.Null, "a moment of it is no fault");

        clock.Advance(OutcomeJournal.MaxFull);
        Assert.That(journal.TryAppend(Outcome(0)), Is.Null);

        Assert.That(journal.Fault, Does.Contain(Path).And.Contain("full"));
        Assert.That(log.Text, Does.Contain("4214").And.Contain(Path).And.Contain($"{receipts.Count}"));
        receipts.ForEach(journal.Release);
        Assert.That(journal.Fault, Is.Null);
        Assert.That(log.Text, Does.Contain("4215"));
        Assert.That(journal.TryAppend(Outcome(0)), Is.Not.Null);
    }

    [Test]
    public async Task A_disk_that_takes_nothing_is_told_and_ends_nothing()
    {
        await using var disk = SmallDisk.Create(megabytes: 4);
        var path = System.IO.Path.Combine(disk.Path, "timers.db-outcomes");
        using var journal = new OutcomeJournal(path, log, clock);
        var receipt = journal.TryAppend(Outcome(1))!.Value;
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(0);
        }

        disk.Fill();
        clock.Advance(OutcomeBuffer.MaxWait);

        Assert.That(journal.TryAppend(Outcome(2)), Is.Null);
        Assert.That(journal.Fault, Does.Contain(path).And.Contain("cannot be written"));
        Assert.That(log.Text, Does.Contain("4213"));
        Assert.That(() => journal.Release(receipt), Throws.Nothing);
    }

    [Test]
    public void One_of_a_later_release_is_read_as_far_as_it_is_known()
    {
        var record = new MemoryStream();
        using (var writer = new BinaryWriter(record))
        {
            OutcomeRecord.Write(writer, Outcome(1));
        }

        byte[] later = [.. record.ToArray(), 1, 2, 3];
        later[0]++;

        Assert.That(Text(OutcomeRecord.Read(later)), Is.EqualTo(Text(Outcome(1))));
        later[0] = 0;
        Assert.That(() => OutcomeRecord.Read(later), Throws.InstanceOf<IOException>());
    }

    /// <summary>The shape of the first release that had a journal: its records are read for ever.</summary>
    [Test]
    public void A_record_of_the_first_release_is_read()
    {
        var record = Convert.FromBase64String(Repository.Read("tests", "Infrastructure", "Fixtures", "OutcomeRecord.1.txt"));

        Assert.That(Text(OutcomeRecord.Read(record)), Is.EqualTo(Text(Outcome(7))));
    }

    private OutcomeJournal Open() => new(Path, log, clock);

    /// <summary>What a start would find if the process were killed now.</summary>
    private List<AttemptOutcome> ReadCopy()
    {
        var copy = folder.File("copy");
        File.Copy(Path, copy, overwrite: true);
        using var journal = new OutcomeJournal(copy, log, clock);
        return [.. journal.TakeLeft().Select(each => each.Outcome)];
    }

    private byte[] ReadSegments()
    {
        using var file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[OutcomeFile.SegmentCount * OutcomeFile.SegmentBytes];
        file.ReadExactly(bytes);
        return bytes;
    }

    private void Flip(int at)
    {
        using var file = File.Open(Path, FileMode.Open);
        file.Position = at;
        var before = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(before ^ 1));
    }

    private static List<IOutcomeJournal.Receipt> Fill(OutcomeJournal journal)
    {
        var receipts = new List<IOutcomeJournal.Receipt>();
        while (journal.TryAppend(Outcome(receipts.Count)) is { } receipt)
        {
            receipts.Add(receipt);
        }

        return receipts;
    }

    private static AttemptOutcome Outcome(int number) => new(
        new Guid(number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
        new ClaimToken(number + 1),
        new AttemptRecord
        {
            Occurrence = 1,
            Number = number,
            StartedAt = Clocks.Noon.AddTicks(7),
            Latency = TimeSpan.FromTicks(12_345),
            Lateness = TimeSpan.FromTicks(678),
            Status = 200,
            Response = Encoding.UTF8.GetBytes(Secret),
        },
        TimerState.Succeeded,
        Clocks.Noon.AddMilliseconds(number));

    private static string Text(AttemptOutcome outcome)
    {
        var bare = outcome with { Attempt = outcome.Attempt with { Response = default } };
        return $"{bare} {Encoding.UTF8.GetString(outcome.Attempt.Response.Span)}";
    }
}
