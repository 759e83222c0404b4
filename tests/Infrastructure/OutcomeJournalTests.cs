using System.Text;
using Contracts.Timers;
using Infrastructure.Timers.Common;
using Infrastructure.Timers.Sqlite;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>What a journal keeps of outcomes over the end of a process, and what it must not keep.</summary>
public sealed class OutcomeJournalTests
{
    private const string Secret = "the answer held a secret";
    private TemporaryFolder folder = null!;

    private string Path => folder.File("timers.db" + OutcomeJournal.Suffix);

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

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
        using (var journal = new OutcomeJournal(Path))
        {
            Assert.That(journal.TakeLeft(), Is.Empty);
            Assert.That(outcomes.Select(journal.TryAppend), Has.None.Null);
        }

        using var next = new OutcomeJournal(Path);

        var left = next.TakeLeft().Select(each => each.Outcome).ToList();
        Assert.That(left.ConvertAll(Text), Is.EqualTo(outcomes.Select(Text)));
        Assert.That(next.TakeLeft(), Is.Empty, "They are handed out once.");
    }

    [Test]
    public void What_the_store_has_is_gone_and_overwritten()
    {
        using (var journal = new OutcomeJournal(Path))
        {
            var receipts = Enumerable.Range(1, 50).Select(i => journal.TryAppend(Outcome(i))!.Value).ToList();
            receipts.ForEach(journal.Release);
        }

        Assert.That(Encoding.UTF8.GetString(File.ReadAllBytes(Path)), Does.Not.Contain(Secret));
        using var next = new OutcomeJournal(Path);
        Assert.That(next.TakeLeft(), Is.Empty);
    }

    [Test]
    public void What_was_left_is_overwritten_once_the_store_has_it()
    {
        using (var journal = new OutcomeJournal(Path))
        {
            journal.TryAppend(Outcome(1));
        }

        using (var next = new OutcomeJournal(Path))
        {
            foreach (var (_, receipt) in next.TakeLeft())
            {
                next.Release(receipt);
            }
        }

        Assert.That(File.ReadAllBytes(Path), Has.All.Zero);
    }

    [Test]
    public void A_store_that_is_far_behind_fills_it_and_it_goes_on_when_that_catches_up()
    {
        using var journal = new OutcomeJournal(Path);
        var length = new FileInfo(Path).Length;
        var receipts = new List<IOutcomeJournal.Receipt>();
        while (journal.TryAppend(Outcome(receipts.Count)) is { } receipt)
        {
            receipts.Add(receipt);
        }

        Assert.That(receipts, Has.Count.GreaterThan(1_000));
        Assert.That(journal.TryAppend(Outcome(0)), Is.Null);
        receipts.Where(receipt => receipt.Segment == receipts[0].Segment).ToList().ForEach(journal.Release);

        Assert.That(journal.TryAppend(Outcome(0)), Is.Not.Null);
        Assert.That(new FileInfo(Path).Length, Is.EqualTo(length), "It never grows.");
    }

    [Test]
    public void A_record_that_was_cut_off_ends_it_and_those_before_it_count()
    {
        using (var journal = new OutcomeJournal(Path))
        {
            journal.TryAppend(Outcome(1));
            journal.TryAppend(Outcome(2));
        }

        var bytes = File.ReadAllBytes(Path);
        bytes[Array.FindLastIndex(bytes, each => each != 0)] ^= 1;
        File.WriteAllBytes(Path, bytes);

        using var next = new OutcomeJournal(Path);
        Assert.That(next.TakeLeft().Select(each => Text(each.Outcome)), Is.EqualTo(new[] { Text(Outcome(1)) }));
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
