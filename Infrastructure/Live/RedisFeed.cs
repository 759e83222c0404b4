using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Contracts.Live;
using Infrastructure.Caching;
using StackExchange.Redis;

namespace Infrastructure.Live;

/// <summary>The live feeds shared by all processes: a stream for each, and a message that tells watchers to poll.</summary>
internal sealed class RedisFeed(RedisConnection redis, TimeProvider time) : ILiveFeed
{
    /// <summary>Approximate number of changes kept per feed.</summary>
    private const int Kept = 1_000;

    private const int PageSize = 500;

    /// <summary>The position before the very first change.</summary>
    private const string Beginning = "0-0";

    /// <summary>A message can get lost; then the next poll finds the change.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    public async Task PublishAsync(string tenant, string feed, ReadOnlyMemory<byte> change, CancellationToken cancellationToken)
    {
        var name = NameOf(tenant, feed);
        var content = change.ToArray();
        await redis.TryAsync(
            async database =>
            {
                var added = await database.ExecuteAsync("XADD", name, "MAXLEN", "~", Kept, "*", "c", content);
                await database.PublishAsync(RedisChannel.Literal(name), RedisValue.EmptyString, CommandFlags.FireAndForget);
                return added;
            },
            cancellationToken);
    }

    public async IAsyncEnumerable<LiveChange> WatchAsync(
        string tenant, string feed, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var name = NameOf(tenant, feed);
        var told = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        await using var subscription = new LazySubscription(redis, RedisChannel.Literal(name), () => told.Writer.TryWrite(true));
        var position = after;
        while (!cancellationToken.IsCancellationRequested)
        {
            subscription.Ensure();
            position ??= await FindLastAsync(name, cancellationToken);
            var page = position is null ? null : await ReadAsync(name, position, cancellationToken);
            foreach (var change in page ?? [])
            {
                position = change.Position;
                yield return change;
            }

            if (page is not { Count: >= PageSize })
            {
                await WaitAsync(told.Reader, cancellationToken);
            }
        }
    }

    private async Task WaitAsync(ChannelReader<bool> told, CancellationToken cancellationToken)
    {
        Task more = told.WaitToReadAsync(cancellationToken).AsTask();
        await more.WaitAsync(PollInterval, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        told.TryRead(out _);
    }

    /// <returns>Null when Redis does not answer.</returns>
    private async Task<string?> FindLastAsync(string name, CancellationToken cancellationToken)
    {
        var (isDone, last) = await TryReadAsync("XREVRANGE", name, "+", "-", 1, cancellationToken);
        return !isDone ? null : last is [var entry] ? entry.Position : Beginning;
    }

    /// <summary>Changes after a position. Reads from the position itself: if that entry is gone, later ones may be gone, too.</summary>
    private async Task<IReadOnlyList<LiveChange>?> ReadAsync(string name, string position, CancellationToken cancellationToken)
    {
        var (isDone, entries) = await TryReadAsync("XRANGE", name, position, "+", PageSize + 1, cancellationToken);
        if (!isDone || entries is null or [])
        {
            return null;
        }

        if (string.Equals(entries[0].Position, position, StringComparison.Ordinal))
        {
            return entries[1..];
        }

        return string.Equals(position, Beginning, StringComparison.Ordinal) ? entries
            : [new LiveChange(entries[0].Position, default, IsGap: true), .. entries];
    }

    private async Task<(bool IsDone, List<LiveChange>? Entries)> TryReadAsync(
        string command, string name, string from, string to, int limit, CancellationToken cancellationToken)
    {
        try
        {
            var (isDone, reply) = await redis.TryAsync(
                database => database.ExecuteAsync(command, name, from, to, "COUNT", limit), cancellationToken);
            return isDone ? (true, Parse(reply!)) : default;
        }
        catch (OperationCanceledException)
        {
            return default;
        }
    }

    private static List<LiveChange> Parse(RedisResult reply) => ((RedisResult[])reply!).Select(entry =>
    {
        var parts = (RedisResult[])entry!;
        return new LiveChange((string)parts[0]!, (byte[])((RedisResult[])parts[1]!)[1]!, IsGap: false);
    }).ToList();

    /// <summary>Name of the stream, and of the channel that goes with it.</summary>
    private static string NameOf(string tenant, string feed) => $"{tenant}:live:{feed}";

    /// <summary>A subscription that is made once there is a connection.</summary>
    private sealed class LazySubscription(RedisConnection redis, RedisChannel channel, Action told) : IAsyncDisposable
    {
        private Task<IAsyncDisposable>? subscribing;

        public void Ensure()
        {
            if (subscribing is null or { IsFaulted: true } or { IsCanceled: true })
            {
                subscribing = redis.SubscribeAsync(channel, told);
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (subscribing is { IsCompletedSuccessfully: true } made)
            {
                await (await made).DisposeAsync();
            }
        }
    }
}
