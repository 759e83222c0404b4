using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bench;

/// <summary>
/// Ten thousand clients of one live stream: from sending a transfer until each has its change, one change a second, and how many bytes each
/// is sent for it.
/// </summary>
internal static class StreamsScenario
{
    private const int Clients = 10_000;
    private const int Connecting = 100;
    private const int Changes = 20;
    private const string Root = "/api/v1/items";
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    public static async Task RunAsync()
    {
        await using var service = await ServiceProcess.StartNewAsync();
        using var sender = new RawClient();
        await sender.ConnectAsync(service.Port);
        var (baseItem, user, item) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await sender.SendAsync(RawClient.Post($"{Root}/base-items", $$"""{"description":"A chair.","eventId":"{{baseItem}}"}"""));
        await sender.SendAsync(RawClient.Post($"{Root}/users", $$"""{"eventId":"{{user}}"}"""));
        await sender.SendAsync(RawClient.Post(Root, $$"""{"baseItem":"{{baseItem}}","eventId":"{{item}}"}"""));

        List<Watcher> watchers = [.. Enumerable.Range(0, Clients).Select(_ => new Watcher())];
        var watch = Stopwatch.StartNew();
        foreach (var some in watchers.Chunk(Connecting))
        {
            await Task.WhenAll(some.Select(each => each.StartAsync(service.Port)));
        }

        Figures.Print($"{Clients:N0} streams", $"connected in {watch.Elapsed.TotalSeconds:N1} s, each with its snapshot");
        var resident = service.ResidentBytes();
        var (took, used, bytes) = (new List<double>(), new ProcessorUse(service), watchers.Sum(each => each.Bytes));
        await used.DuringAsync(async () =>
        {
            for (var change = 1; change <= Changes; change++)
            {
                took.AddRange(await ChangeAsync(sender, watchers, item, user, change));
                await Task.Delay(TimeSpan.FromSeconds(1));
            }

            return took.Count;
        });

        Figures.Lateness("sent to told, each client", [.. took.Order()]);
        used.Print("a client's change", Clients * Changes);
        Figures.Print("  sent", $"{(watchers.Sum(each => each.Bytes) - bytes) / (double)(Clients * Changes):N0} bytes a client's change");
        Figures.Print("  resident", $"{resident >> 20} MiB with all of them");
        watchers.ForEach(each => each.Dispose());
    }

    /// <summary>Of minutes that differ, so that each is one point.</summary>
    private static async Task<IEnumerable<double>> ChangeAsync(
        RawClient sender, List<Watcher> watchers, Guid item, Guid user, int change)
    {
        var begin = Stopwatch.GetTimestamp();
        var body = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"item":"{{item}}","to":"{{user}}","timestamp":{{1_672_531_200 + (change * 60)}}}""");
        if (await sender.SendAsync(RawClient.Post($"{Root}/transfers", body)) != 201)
        {
            throw new InvalidOperationException("The transfer was refused.");
        }

        await Load.WaitForAsync(() => watchers.TrueForAll(each => each.Changes >= change), MaxWait);
        return watchers.Select(each => Stopwatch.GetElapsedTime(begin, each.LastAt).TotalMilliseconds);
    }

    /// <summary>A client that notes when it was told of its last change.</summary>
    private sealed class Watcher : IDisposable
    {
        private static readonly byte[] Request = Encoding.ASCII.GetBytes(
            $"GET {Root}/statistics/transfers/minute/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");

        private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        private readonly byte[] buffer = new byte[1_024];
        private int changes;
        private long lastAt;
        private long bytes;

        public int Changes => Volatile.Read(ref changes);

        public long LastAt => Volatile.Read(ref lastAt);

        public long Bytes => Interlocked.Read(ref bytes);

        /// <summary>Completes when it has its snapshot, and goes on reading.</summary>
        public async Task StartAsync(int port)
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
            await socket.SendAsync(Request);
            var read = 0;
            while (buffer.AsSpan(0, read).IndexOf("\"more\":false"u8) < 0)
            {
                read += await socket.ReceiveAsync(buffer.AsMemory(read));
            }

            _ = ReadAsync();
        }

        public void Dispose() => socket.Dispose();

        private async Task ReadAsync()
        {
            try
            {
                // An event is far smaller than a packet, and is sent as a whole.
                while (await socket.ReceiveAsync(buffer.AsMemory()) is > 0 and var read)
                {
                    Interlocked.Add(ref bytes, read);
                    var told = buffer.AsSpan(0, read).Count("event: change"u8);
                    if (told > 0)
                    {
                        Volatile.Write(ref lastAt, Stopwatch.GetTimestamp());
                        Interlocked.Add(ref changes, told);
                    }
                }
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // It is over.
            }
        }
    }
}
