using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Tests.Support;

/// <summary>
/// Stands between clients and one broker, which it tells them to be at its own address. It can answer like a broker that its controller
/// does not count among the living, for example one that hung: that there are no brokers and no partition has a leader.
/// </summary>
internal sealed class KafkaProxy : IAsyncDisposable
{
    private const short Metadata = 3;
    private const short FindCoordinator = 10;

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, byte> connections = new();
    private readonly CancellationTokenSource stop = new();
    private readonly IPEndPoint broker;
    private readonly Task accepting;
    private volatile bool isFenced;
    private long delay;
    private int told;

    /// <param name="uri">The broker's address.</param>
    public KafkaProxy(string uri)
    {
        broker = IPEndPoint.Parse(uri);
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>Where clients begin.</summary>
    public string Uri => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>How often a client was told that there are no brokers.</summary>
    public int Told => Volatile.Read(ref told);

    private int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Answers that there are no brokers, until it is told otherwise.</summary>
    public void Fence() => isFenced = true;

    /// <summary>Answers what the broker answers.</summary>
    public void Unfence() => isFenced = false;

    /// <summary>Lets every answer wait from now on.</summary>
    public void Delay(TimeSpan pause) => Interlocked.Exchange(ref delay, pause.Ticks);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var connection in connections.Keys)
        {
            connection.Dispose();
        }

        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(stop.Token);
            connections.TryAdd(client, 0);
            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(broker);
            var asked = new ConcurrentDictionary<int, (short Key, short Version)>();
            await await Task.WhenAny(
                PumpAsync(client, server, request =>
                {
                    asked[BinaryPrimitives.ReadInt32BigEndian(request.AsSpan(4))] = (
                        BinaryPrimitives.ReadInt16BigEndian(request), BinaryPrimitives.ReadInt16BigEndian(request.AsSpan(2)));
                    return Task.FromResult(request);
                }),
                PumpAsync(server, client, async answer =>
                {
                    await Task.Delay(TimeSpan.FromTicks(Interlocked.Read(ref delay)), stop.Token);
                    return asked.TryRemove(BinaryPrimitives.ReadInt32BigEndian(answer), out var to) ? Rewrite(answer, to) : answer;
                }));
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
        {
            // Cut, by either side.
        }
        finally
        {
            connections.TryRemove(client, out _);
            client.Dispose();
        }
    }

    private static async Task PumpAsync(TcpClient from, TcpClient to, Func<byte[], Task<byte[]>> rewrite)
    {
        try
        {
            var size = new byte[4];
            while (true)
            {
                await from.GetStream().ReadExactlyAsync(size);
                var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
                await from.GetStream().ReadExactlyAsync(frame);
                frame = await rewrite(frame);
                BinaryPrimitives.WriteInt32BigEndian(size, frame.Length);
                await to.GetStream().WriteAsync(new[] { size, frame }.SelectMany(part => part).ToArray());
            }
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Cut, by either side.
        }
    }

    private byte[] Rewrite(byte[] answer, (short Key, short Version) to)
    {
        switch (to)
        {
            case (Metadata, >= 9):
                return RewriteMetadata(answer, to.Version);

            case (FindCoordinator, 1 or 2):
                // Correlation, throttle time, error; message, node, host.
                var at = new Cursor(answer) { Place = 4 + 4 + 2 };
                at.SkipText();
                at.Skip(4);
                at.SkipText();
                at.Write(Port);
                return answer;

            case (Metadata or FindCoordinator, _):
                throw new NotSupportedException($"Version {to.Version} of request {to.Key} is not known here.");

            default:
                return answer;
        }
    }

    /// <remarks>MetadataResponse, versions 9 to 13, from Kafka's message definitions.</remarks>
    private byte[] RewriteMetadata(byte[] answer, short version)
    {
        // Correlation, tags, throttle time.
        var at = new Cursor(answer) { Place = 4 + 1 + 4 };
        var brokers = at.Place;
        for (var count = at.ReadCount(); count > 0; count--)
        {
            at.Skip(4);
            at.SkipCompactText();
            at.Write(Port);
            at.SkipCompactText();
            at.SkipTags();
        }

        var rest = at.Place;
        if (!isFenced)
        {
            return answer;
        }

        at.SkipCompactText();
        at.Write(-1);
        for (var topics = at.ReadCount(); topics > 0; topics--)
        {
            at.Skip(2);
            at.SkipCompactText();
            at.Skip((version >= 10 ? 16 : 0) + 1);
            for (var partitions = at.ReadCount(); partitions > 0; partitions--)
            {
                at.Skip(2 + 4);
                at.Write(-1);
                at.Skip(4);
                for (var list = 0; list < 3; list++)
                {
                    at.Skip(4 * at.ReadCount());
                }

                at.SkipTags();
            }

            at.Skip(4);
            at.SkipTags();
        }

        Interlocked.Increment(ref told);
        return [.. answer.AsSpan(0, brokers), 1, .. answer.AsSpan(rest)];
    }

    /// <summary>A place in a message of Kafka's protocol.</summary>
    private sealed class Cursor(byte[] message)
    {
        public int Place { get; set; }

        /// <summary>The length of a compact array, whose number is one more; 0 if there is none.</summary>
        public int ReadCount() => Math.Max(0, ReadNumber() - 1);

        public void Skip(int bytes) => Place += bytes;

        public void SkipCompactText() => Skip(ReadCount());

        public void SkipText()
        {
            var length = BinaryPrimitives.ReadInt16BigEndian(message.AsSpan(Place));
            Place += 2 + Math.Max((short)0, length);
        }

        public void SkipTags()
        {
            for (var count = ReadNumber(); count > 0; count--)
            {
                ReadNumber();
                Skip(ReadNumber());
            }
        }

        public void Write(int number)
        {
            BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(Place), number);
            Place += 4;
        }

        private int ReadNumber()
        {
            var (number, shift) = (0, 0);
            byte next;
            do
            {
                next = message[Place++];
                number |= (next & 0x7F) << shift;
                shift += 7;
            }
            while ((next & 0x80) != 0);
            return number;
        }
    }
}
