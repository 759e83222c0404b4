using System.Collections.Concurrent;
using System.Globalization;
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

    /// <summary>Feeds of which a change of ours was lost: the next one says so.</summary>
    private readonly ConcurrentDictionary<string, bool> lost = new(StringComparer.Ordinal);

    public bool IsShared => true;

    public async Task<bool> PublishAsync(string tenant, string feed, ReadOnlyMemory<byte> change, CancellationToken cancellationToken)
    {
        var name = NameOf(tenant, feed);
        var content = change.ToArray();
        var isGap = lost.TryRemove(name, out _);
        var (isDone, _) = await redis.TryAsync(
            async database =>
            {
                if (isGap)
                {
                    await database.ExecuteAsync("XADD", name, "MAXLEN", "~", Kept, "*", "c", Array.Empty<byte>());
                }

                var added = await database.ExecuteAsync("XADD", name, "MAXLEN", "~", Kept, "*", "c", content);
                await database.PublishAsync(RedisChannel.Literal(name), RedisValue.EmptyString, CommandFlags.FireAndForget);
                return added;
            },
            cancellationToken);
        if (!isDone)
        {
            lost[name] = true;
        }

        return isDone;
    }

    public Task<string?> FindPositionAsync(string tenant, string feed, CancellationToken cancellationToken) =>
        FindLastAsync(NameOf(tenant, feed), cancellationToken);

    public async IAsyncEnumerable<LiveChange> WatchAsync(
        string tenant, string feed, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var name = NameOf(tenant, feed);
        var told = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        await using var subscription = new LazySubscription(redis, RedisChannel.Literal(name), () => told.Writer.TryWrite(true));
        var position = after is null || IsPosition(after) ? after : null;
        var isMissing = position != after;
        while (!cancellationToken.IsCancellationRequested)
        {
            subscription.Ensure();
            position ??= await FindLastAsync(name, cancellationToken);
            var page = position is null ? null : await ReadAsync(name, position, cancellationToken);
            if (page is not null && isMissing)
            {
                // What others published while Redis was away is lost, too, and leaves no trace in what it has kept.
                yield return new LiveChange(position!, default, IsGap: true);
            }

            isMissing = page is null;
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

    /// <summary>
    /// Changes after a position; null when Redis does not answer. Reads from the position itself: if that entry is gone, later ones may be
    /// gone, too.
    /// </summary>
    private async Task<IReadOnlyList<LiveChange>?> ReadAsync(string name, string position, CancellationToken cancellationToken)
    {
        var (isDone, entries) = await TryReadAsync("XRANGE", name, position, "+", PageSize + 1, cancellationToken);
        if (!isDone || entries is null or [])
        {
            return isDone ? [] : null;
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
        var content = (byte[])((RedisResult[])parts[1]!)[1]!;
        return new LiveChange((string)parts[0]!, content, IsGap: content.Length == 0);
    }).ToList();

    /// <summary>Anything else is an error to Redis, and too many of those open the breaker.</summary>
    private static bool IsPosition(string text) => text.Split('-') is [var time, var number]
        && ulong.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        && ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _);

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
