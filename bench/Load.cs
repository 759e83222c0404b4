using System.Globalization;
using Contracts.Common;

namespace Bench;

/// <summary>Generates load: requests that create timers.</summary>
internal static class Load
{
    /// <summary>A URL for timers that do not fall due during a run.</summary>
    public const string Nowhere = "http://127.0.0.1:2/hook";

    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    public static string Timer(string url, DateTimeOffset dueAt) => string.Create(
        CultureInfo.InvariantCulture, $$"""{"url":"{{url}}","dueAt":"{{dueAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}}"}""");

    /// <summary>Instants spread over a month, in random order, in whole milliseconds.</summary>
    public static IEnumerable<DateTimeOffset> Spread(int count)
    {
        var first = Instants.CeilingToMilliseconds(TimeProvider.System.GetUtcNow().AddHours(1));
        return Enumerable.Range(0, count).Select(_ => first.AddMilliseconds(Random.Shared.NextInt64((long)Month.TotalMilliseconds)));
    }

    /// <summary>Requests that create one timer each, due within a month, in random order.</summary>
    /// <remarks>Built before the clock starts: otherwise the generator's own work would be part of the figure.</remarks>
    public static byte[][] Singles(int count) => [.. Spread(count).Select(due => RawClient.Post("/api/v1/timers", Timer(Nowhere, due)))];

    /// <summary>Sends the requests in rotation over several connections, for a given time.</summary>
    /// <returns>How many were sent.</returns>
    public static Task<int> SendForAsync(int port, int connections, TimeSpan time, byte[][] requests)
    {
        var end = TimeProvider.System.GetTimestamp() + (long)(time.TotalSeconds * TimeProvider.System.TimestampFrequency);
        return SendWhileAsync(port, connections, () => TimeProvider.System.GetTimestamp() < end, requests);
    }

    /// <summary>Sends each request once, over several connections.</summary>
    public static Task SendAsync(int port, int connections, byte[][] requests)
    {
        var left = requests.Length;
        return SendWhileAsync(port, connections, () => Interlocked.Decrement(ref left) >= 0, requests);
    }

    private static async Task<int> SendWhileAsync(int port, int connections, Func<bool> more, byte[][] requests)
    {
        var next = -1;
        var counts = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            using var client = new RawClient();
            await client.ConnectAsync(port);
            var count = 0;
            while (more())
            {
                var status = await client.SendAsync(requests[Interlocked.Increment(ref next) % requests.Length]);
                count += status is 200 or 201 or 202 ? 1 : throw new InvalidOperationException($"answered {status}");
            }

            return count;
        })));
        return counts.Sum();
    }

    /// <summary>Creates timers in batches of a thousand, over several connections.</summary>
    public static Task CreateBatchesAsync(int port, int connections, int count, Func<int, string> timer) =>
        SendBatchesAsync(port, connections, Batches(count, timer));

    /// <summary>Requests for a thousand timers each, built one by one on demand.</summary>
    /// <remarks>Collect them before the clock starts where the generator's own work would otherwise be part of the figure.</remarks>
    public static IEnumerable<byte[]> Batches(int count, Func<int, string> timer) =>
        Enumerable.Range(0, (count + 999) / 1_000).Select(batch => Batch(batch * 1_000, Math.Min((batch + 1) * 1_000, count), timer));

    public static async Task SendBatchesAsync(int port, int connections, IEnumerable<byte[]> batches)
    {
        using var waiting = batches.GetEnumerator();
        byte[]? Next()
        {
            lock (waiting)
            {
                return waiting.MoveNext() ? waiting.Current : null;
            }
        }

        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            using var client = new RawClient();
            await client.ConnectAsync(port);
            while (Next() is { } batch)
            {
                var status = await client.SendAsync(batch);
                if (status is not (201 or 202))
                {
                    throw new InvalidOperationException($"answered {status}");
                }
            }
        })));
    }

    public static Task WaitForAsync(Func<bool> condition, TimeSpan limit) => WaitForAsync(() => Task.FromResult(condition()), limit);

    public static async Task WaitForAsync(Func<Task<bool>> condition, TimeSpan limit)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > limit)
            {
                throw new TimeoutException();
            }

            await Task.Delay(5);
        }
    }

    private static byte[] Batch(int from, int to, Func<int, string> timer) => RawClient.Post(
        "/api/v1/timers/batch", string.Concat(Enumerable.Range(from, to - from).Select(i => timer(i) + "\n")), "application/x-ndjson");
}
