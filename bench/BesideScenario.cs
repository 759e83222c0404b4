using System.Text;

namespace Bench;

/// <summary>
/// 1,000 timers a second, alone and beside requests that clients repeat as fast as they are answered: none of these may delay what is due.
/// </summary>
internal static class BesideScenario
{
    private const int Rate = 1_000;
    private const int Seconds = 15;
    private const int Clients = 4;
    private const int Stored = 20_000;

    private static readonly (string Name, byte[] Request)[] Requests =
    [
        ("listings of 1,000", Encoding.ASCII.GetBytes("GET /api/v1/timers?limit=1000 HTTP/1.1\r\nHost: localhost\r\n\r\n")),
        ("batches of 1,000", Batch(Load.Timer(Load.Nowhere, TimeProvider.System.GetUtcNow().AddDays(3)))),
        ("batches of 1,000 errors", Batch("""{"url":"nowhere","delay":"soon"}""")),
    ];

    public static async Task RunAsync()
    {
        foreach (var (name, request) in Requests)
        {
            await using var service = await ServiceProcess.StartNewAsync();
            await Load.CreateBatchesAsync(
                service.Port, 2, Stored, _ => Load.Timer(Load.Nowhere, TimeProvider.System.GetUtcNow().AddDays(2)));
            var alone = await PunctualityScenario.MeasureAsync(service.Port, Rate, Seconds);
            using var stop = new CancellationTokenSource();
            var load = Task.FromResult(0);
            var beside = await PunctualityScenario.MeasureAsync(
                service.Port, Rate, Seconds, () => load = RepeatAsync(service.Port, request, stop.Token));
            await stop.CancelAsync();
            Figures.Lateness($"lateness alone, at {Rate:N0}/s", alone);
            Figures.Lateness($"  beside {name}", beside);
            Figures.Rate("  those", await load, TimeSpan.FromSeconds(Seconds));
        }
    }

    private static byte[] Batch(string item) => RawClient.Post(
        "/api/v1/timers/batch", string.Concat(Enumerable.Repeat(item + "\n", 1_000)), "application/x-ndjson");

    /// <returns>How many were answered.</returns>
    private static async Task<int> RepeatAsync(int port, byte[] request, CancellationToken stop)
    {
        var counts = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(
            async () =>
            {
                using var client = new RawClient();
                await client.ConnectAsync(port);
                var count = 0;
                while (!stop.IsCancellationRequested)
                {
                    await client.SendAsync(request);
                    count++;
                }

                return count;
            },
            CancellationToken.None)));
        return counts.Sum();
    }
}
