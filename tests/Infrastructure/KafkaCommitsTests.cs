using System.Reflection;
using Confluent.Kafka;
using Infrastructure.Messaging.Kafka;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>How far a group is, is committed by one request at a time.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class KafkaCommitsTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    private readonly Brokers brokers = new();
    private readonly List<KafkaException> failures = [];
    private readonly KafkaShare share = Share(0);

    [Test]
    public async Task What_is_applied_while_a_commit_is_under_way_is_committed_at_once_and_as_one_after_it()
    {
        var commits = Start();
        var held = brokers.Hold();
        commits.Add(Applied(share, 4));
        await Eventually.That(() => brokers.UnderWay == 1, MaxWait, "a commit is under way");

        commits.Add(Applied(share, 5));
        commits.Add(Applied(share, 6, 7));
        held.Set();

        await Eventually.That(() => brokers.Committed.Count == 2, MaxWait, "the rest is committed");
        Assert.That((brokers.MaxUnderWay, string.Join(" ", brokers.Committed)), Is.EqualTo((1, "0@5 0@8")));
        commits.End();
    }

    [Test]
    public async Task A_failure_is_tried_again_and_told()
    {
        var commits = Start();
        brokers.Fail(ErrorCode.RequestTimedOut);
        commits.Add(Applied(share, 4));

        await Eventually.That(() => brokers.Committed.Count == 1, MaxWait, "it is tried again");
        Assert.That((brokers.Committed[0], failures.Count), Is.EqualTo(("0@5", 1)));
        commits.End();
    }

    [TestCase(ErrorCode.RebalanceInProgress)]
    [TestCase(ErrorCode.IllegalGeneration)]
    [TestCase(ErrorCode.UnknownMemberId)]
    public async Task A_group_that_is_balancing_is_no_failure_to_be_told(ErrorCode code)
    {
        var commits = Start();
        brokers.Fail(code);
        commits.Add(Applied(share, 4));

        await Eventually.That(() => brokers.Committed.Count == 1, MaxWait, "it is tried again");
        Assert.That(failures, Is.Empty);
        commits.End();
    }

    [Test]
    public async Task A_failure_does_not_come_after_what_was_applied_since()
    {
        var commits = Start();
        var held = brokers.Hold();
        brokers.Fail(ErrorCode.RequestTimedOut);
        commits.Add(Applied(share, 4));
        await Eventually.That(() => brokers.UnderWay == 1, MaxWait, "a commit is under way");

        commits.Add(Applied(share, 5));
        held.Set();

        await Eventually.That(() => brokers.Committed.Count == 1, MaxWait, "it goes on");
        commits.End();
        Assert.That(brokers.Committed, Is.EqualTo((string[])["0@6"]));
    }

    [Test]
    public async Task The_last_commit_of_a_partition_that_leaves_comes_after_the_one_under_way()
    {
        var commits = Start();
        var other = Share(1);
        var held = brokers.Hold();
        commits.Add(Applied(share, 4));
        await Eventually.That(() => brokers.UnderWay == 1, MaxWait, "a commit is under way");

        commits.Add(Applied(share, 5));
        commits.Add(Applied(other, 1));
        var leaving = Task.Run(() => commits.HandOver(new HashSet<TopicPartition> { share.Partition }));
        held.Set();
        await leaving.WaitAsync(MaxWait);

        await Eventually.That(() => brokers.Committed.Contains("1@2"), MaxWait, "the other one is committed");
        commits.End();
        Assert.That(brokers.Committed.Where(each => each.StartsWith('0')), Is.EqualTo((string[])["0@5", "0@6"]));
        Assert.That(brokers.MaxUnderWay, Is.EqualTo(1));
    }

    [Test]
    public async Task What_a_partition_taken_away_still_had_to_commit_is_dropped()
    {
        var commits = Start();
        brokers.Fail(ErrorCode.UnknownMemberId);
        commits.Add(Applied(share, 4));
        await Eventually.That(() => brokers.Failed == 1, MaxWait, "the group knows it no more");
        share.Revoke();

        commits.Add(Applied(Share(1), 1));
        await Eventually.That(() => brokers.Committed.Count > 0, MaxWait, "it goes on");
        commits.End();
        Assert.That(brokers.Committed, Is.EqualTo((string[])["1@2"]));
    }

    [Test]
    public async Task The_end_commits_what_waits()
    {
        var commits = Start(TimeSpan.FromMinutes(10));
        commits.Add(Applied(share, 4));
        await Eventually.That(() => brokers.Committed.Count == 1, MaxWait, "the first is committed at once");
        commits.Add(Applied(share, 5));

        commits.End();

        Assert.That(brokers.Committed, Is.EqualTo((string[])["0@5", "0@6"]));
    }

    [Test]
    public void The_end_of_a_partition_is_committed_where_nothing_is_left_to_apply()
    {
        var commits = Start(TimeSpan.FromMinutes(10));
        var other = Share(1);
        share.End = 3;
        other.End = 3;

        commits.AddEnds([share, other], Applied(other, 2));
        commits.End();

        Assert.That(brokers.Committed, Is.EqualTo((string[])["0@3"]));
    }

    [Test]
    public async Task A_defect_is_not_kept_silent()
    {
        var commits = Start();
        brokers.Break();
        commits.Add(Applied(share, 4));

        await Eventually.That(
            () =>
            {
                try
                {
                    commits.ThrowIfFailed();
                    return false;
                }
                catch (ObjectDisposedException)
                {
                    return true;
                }
            },
            MaxWait,
            "it is thrown");
        commits.End();
    }

    private static KafkaShare Share(int partition) => new(new TopicPartition("topic", partition), Guid.Empty);

    private static List<KafkaRecord> Applied(KafkaShare share, params long[] offsets) =>
        [.. offsets.Select(offset => new KafkaRecord(new ConsumeResult<byte[]?, byte[]?> { Offset = offset }, share))];

    private KafkaCommits Start(TimeSpan? interval = null) =>
        new(brokers.Client(), "commits", interval ?? TimeSpan.FromMilliseconds(10), failures.Add);

    /// <summary>Answers commits as it is told to.</summary>
    private sealed class Brokers
    {
        private readonly Lock gate = new();
        private readonly List<string> committed = [];
        private ManualResetEventSlim? held;
        private Exception? next;
        private int underWay;

        public int UnderWay => Volatile.Read(ref underWay);

        public int MaxUnderWay { get; private set; }

        public int Failed { get; private set; }

        public IReadOnlyList<string> Committed
        {
            get
            {
                lock (gate)
                {
                    return [.. committed];
                }
            }
        }

        /// <summary>The next commit is answered once this is set.</summary>
        public ManualResetEventSlim Hold() => held = new ManualResetEventSlim();

        public void Fail(ErrorCode code) => next = new KafkaException(code);

        public void Break() => next = new ObjectDisposedException("client");

        public IConsumer<byte[]?, byte[]?> Client()
        {
            var client = DispatchProxy.Create<IConsumer<byte[]?, byte[]?>, Proxy>();
            ((Proxy)(object)client).Brokers = this;
            return client;
        }

        public void Commit(IEnumerable<TopicPartitionOffset> offsets)
        {
            lock (gate)
            {
                underWay++;
                MaxUnderWay = Math.Max(MaxUnderWay, underWay);
            }

            var answer = Interlocked.Exchange(ref next, null);
            Interlocked.Exchange(ref held, null)?.Wait(MaxWait);
            lock (gate)
            {
                underWay--;
                if (answer is not null)
                {
                    Failed++;
                    throw answer;
                }

                committed.AddRange(offsets.Select(each => $"{each.Partition.Value}@{each.Offset.Value}"));
            }
        }
    }

#pragma warning disable CA1852 // The proxy is a subtype that is made at run time.
    private class Proxy : DispatchProxy
#pragma warning restore CA1852
    {
        public Brokers Brokers { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Assert.That(targetMethod!.Name, Is.EqualTo("Commit"));
            Brokers.Commit((IEnumerable<TopicPartitionOffset>)args![0]!);
            return null;
        }
    }
}
