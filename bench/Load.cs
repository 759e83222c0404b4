using System.Globalization;

namespace Bench;

/// <summary>Makes timers.</summary>
internal static class Load
{
    public static string Timer(string url, DateTimeOffset dueAt) => string.Create(
        CultureInfo.InvariantCulture, $$"""{"url":"{{url}}","dueAt":"{{dueAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}}"}""");

    /// <summary>Creates timers over so many connections, one a request, for a time.</summary>
    public static Task<int> CreateForAsync(int port, int connections, TimeSpan time, Func<string> timer)
    {
        var end = TimeProvider.System.GetTimestamp() + (long)(time.TotalSeconds * TimeProvider.System.TimestampFrequency);
        return CreateWhileAsync(port, connections, () => TimeProvider.System.GetTimestamp() < end, timer);
    }

    /// <summary>Creates so many timers over so many connections, one a request.</summary>
    public static Task CreateAsync(int port, int connections, int count, Func<string> timer)
    {
        var left = count;
        return CreateWhileAsync(port, connections, () => Interlocked.Decrement(ref left) >= 0, timer);
    }

    private static async Task<int> CreateWhileAsync(int port, int connections, Func<bool> more, Func<string> timer)
    {
        var counts = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            using var client = new RawClient();
            await client.ConnectAsync(port);
            var request = RawClient.Post("/api/v1/timers", timer());
            var count = 0;
            while (more())
            {
                var status = await client.SendAsync(request);
                count += status is 201 or 202 ? 1 : throw new InvalidOperationException($"answered {status}");
            }

            return count;
        })));
        return counts.Sum();
    }

    /// <summary>Creates timers in batches of a thousand over some connections.</summary>
    public static Task CreateBatchesAsync(int port, int connections, int count, Func<int, string> timer) =>
        SendBatchesAsync(port, connections, Enumerable.Range(0, (count + 999) / 1_000)
            .Select(batch => Batch(batch * 1_000, Math.Min((batch + 1) * 1_000, count), timer)));

    /// <summary>A request for some timers; made before the clock runs, where the generator's own work would be in the figure.</summary>
    public static byte[] Batch(int from, int to, Func<int, string> timer) => RawClient.Post(
        "/api/v1/timers/batch", string.Concat(Enumerable.Range(from, to - from).Select(i => timer(i) + "\n")), "application/x-ndjson");

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
}
