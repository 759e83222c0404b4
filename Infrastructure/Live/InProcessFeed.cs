using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Contracts.Live;

namespace Infrastructure.Live;

/// <summary>The feed of a process of its own: the last changes in memory.</summary>
internal sealed class InProcessFeed(TimeProvider time) : ILiveFeed
{
    /// <summary>Changes of one feed that can be replayed.</summary>
    private const int Kept = 1_000;

    /// <summary>And their bytes: notices of many keys are long.</summary>
    private const int KeptBytes = 4 * 1024 * 1024;

    /// <summary>Positions of an earlier process are not this one's.</summary>
    private readonly string epoch = time.GetUtcNow().UtcTicks.ToString("x", CultureInfo.InvariantCulture);

    private readonly ConcurrentDictionary<(string Tenant, string Feed), Feed> feeds = new();

    public bool IsShared => true;

    public Task<bool> PublishAsync(string tenant, string feed, ReadOnlyMemory<byte> change, CancellationToken cancellationToken)
    {
        feeds.GetOrAdd((tenant, feed), _ => new Feed()).Add(change.ToArray());
        return Task.FromResult(true);
    }

    public Task<string?> FindPositionAsync(string tenant, string feed, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(Write(feeds.GetOrAdd((tenant, feed), _ => new Feed()).Span.Last));

    public async IAsyncEnumerable<LiveChange> WatchAsync(
        string tenant, string feed, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var source = feeds.GetOrAdd((tenant, feed), _ => new Feed());
        var (first, last) = source.Span;
        var next = after is null ? last + 1 : Parse(after) + 1;
        if (next < first || next > last + 1)
        {
            next = last + 1;
            yield return new LiveChange(Write(last), default, IsGap: true);
        }

        while (!cancellationToken.IsCancellationRequested)
        {
            var (changes, from, more) = source.From(next);
            if (from > next)
            {
                yield return new LiveChange(Write(from - 1), default, IsGap: true);
                next = from;
            }

            foreach (var change in changes)
            {
                yield return new LiveChange(Write(next++), change, IsGap: false);
            }

            await more.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private string Write(long position) => $"{epoch}-{position.ToString(CultureInfo.InvariantCulture)}";

    /// <returns>Below zero for a position that is not of this process.</returns>
    private long Parse(string position) =>
        position.Split('-') is [var of, var number] && string.Equals(of, epoch, StringComparison.Ordinal)
        && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : -2;

    private sealed class Feed
    {
        private readonly Lock gate = new();
        private readonly Queue<byte[]> changes = new();
        private long last;
        private long bytes;
        private TaskCompletionSource more = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The first position that is kept, and the last.</summary>
        public (long First, long Last) Span
        {
            get
            {
                lock (gate)
                {
                    return (last - changes.Count + 1, last);
                }
            }
        }

        public void Add(byte[] change)
        {
            TaskCompletionSource told;
            lock (gate)
            {
                changes.Enqueue(change);
                last++;
                bytes += change.Length;
                while (changes.Count > Kept || (bytes > KeptBytes && changes.Count > 1))
                {
                    bytes -= changes.Dequeue().Length;
                }

                told = more;
                more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            told.SetResult();
        }

        /// <summary>What is kept from a position on, where that begins, and what tells of more.</summary>
        public (IReadOnlyList<byte[]> Changes, long From, Task More) From(long position)
        {
            lock (gate)
            {
                var first = last - changes.Count + 1;
                var from = Math.Max(first, position);
                return ([.. changes.Skip((int)(from - first))], from, more.Task);
            }
        }
    }
}
