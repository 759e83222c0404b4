using System.Globalization;
using System.Text;

namespace Bench;

/// <summary>Makes timers.</summary>
internal static class Load
{
    public static string Timer(string url, DateTimeOffset dueAt) => string.Create(
        CultureInfo.InvariantCulture, $$"""{"url":"{{url}}","dueAt":"{{dueAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}}"}""");

    /// <summary>Creates timers over so many connections, one a request, for a time.</summary>
    public static async Task<int> CreateForAsync(int port, int connections, TimeSpan time, Func<string> timer)
    {
        var end = TimeProvider.System.GetTimestamp() + (long)(time.TotalSeconds * TimeProvider.System.TimestampFrequency);
        var counts = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            using var client = new RawClient();
            await client.ConnectAsync(port);
            var request = RawClient.Post("/api/v1/timers", timer());
            var count = 0;
            while (TimeProvider.System.GetTimestamp() < end)
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
        Task.WhenAll(Enumerable.Range(0, connections).Select(connection => Task.Run(async () =>
        {
            using var client = new RawClient();
            await client.ConnectAsync(port);
            for (var start = connection * 1_000; start < count; start += connections * 1_000)
            {
                var body = new StringBuilder();
                for (var i = start; i < Math.Min(start + 1_000, count); i++)
                {
                    body.Append(timer(i)).Append('\n');
                }

                var status = await client.SendAsync(RawClient.Post("/api/v1/timers/batch", body.ToString(), "application/x-ndjson"));
                if (status is not (201 or 202))
                {
                    throw new InvalidOperationException($"answered {status}");
                }
            }
        })));

    public static async Task WaitForAsync(Func<bool> condition, TimeSpan limit)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > limit)
            {
                throw new TimeoutException();
            }

            await Task.Delay(5);
        }
    }
}
