using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Infrastructure.Targets;

namespace Runner.Timers.Receivers;

/// <summary>Opens connections to receivers, a bounded number at a time; idle ones are closed when others need their descriptors.</summary>
/// <param name="lookups">Finds the receivers' addresses.</param>
/// <param name="limit">Maximum number of open connections, idle ones included.</param>
/// <param name="targets">Where they may lead; null for what is not addressed by clients.</param>
/// <param name="proxy">What they go through; null for nothing.</param>
/// <param name="meters">Makes the metrics of requests that are sent over them; null for .NET's own, which nothing exports.</param>
internal sealed class ReceiverConnections(
    HostLookups lookups, int limit, TargetPolicy? targets = null, EgressProxy? proxy = null, IMeterFactory? meters = null)
{
    /// <summary>Addresses of a name that are tried, one after the other.</summary>
    private const int MaxAddresses = 4;

    /// <summary>Idle connections that are closed when the operating system itself has no descriptor left.</summary>
    private const int CloseAtOnce = 16;

    /// <summary>How long an address may keep the next one waiting.</summary>
    private static readonly TimeSpan AddressTimeout = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly HashSet<ReceiverStream> streams = [];
    private int open;

    /// <summary>Connections that are open or being opened.</summary>
    public int Open => Volatile.Read(ref open);

    /// <summary>What webhooks go through; null for nothing.</summary>
    public EgressProxy? Proxy => proxy;

    /// <summary>Makes the metrics of requests that are sent over them; null for .NET's own.</summary>
    public IMeterFactory? Meters => meters;

    /// <summary>Connects to a receiver, directly or through the egress proxy.</summary>
    /// <param name="host">Whom to connect to: the receiver, or the proxy if it is sent the request as a server is.</param>
    /// <param name="url">What is called.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="EgressRefusedException">The proxy did not connect.</exception>
    /// <inheritdoc cref="ConnectAsync(DnsEndPoint, CancellationToken)" path="/exception" />
    public ValueTask<ReceiverSocket> ConnectAsync(DnsEndPoint host, Uri url, CancellationToken cancellationToken) =>
        proxy?.Covers(url) == true ? ConnectThroughAsync(proxy, host, url, cancellationToken) : ConnectAsync(host, cancellationToken);

    /// <summary>Connects to the first address of a receiver that answers.</summary>
    /// <exception cref="ShortageException">There is no room, and no idle connection to close.</exception>
    /// <exception cref="HostLookupException">The name has no address.</exception>
    /// <exception cref="TargetRefusedException">Webhooks may not go there.</exception>
    /// <exception cref="SocketException">No address answers.</exception>
    public async ValueTask<ReceiverSocket> ConnectAsync(DnsEndPoint receiver, CancellationToken cancellationToken)
    {
        var addresses = await lookups.FindAsync(receiver.Host, cancellationToken) switch
        {
            HostLookup.Found found => found.Addresses,
            HostLookup.Failed failed => throw new HostLookupException(failed.Reason),
            _ => throw new ShortageException(Shortage.Lookups),
        };

        // What is judged is what is connected to: the name is not resolved again.
        if (targets?.MayConnect(receiver.Host, receiver.Port, addresses) == false)
        {
            throw new TargetRefusedException();
        }

        return await OpenAsync(addresses, receiver.Port, cancellationToken);
    }

    /// <summary>Without the proxy nothing can be sent at all: that is no receiver's fault.</summary>
    private async ValueTask<ReceiverSocket> ConnectThroughAsync(
        EgressProxy through, DnsEndPoint host, Uri url, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(AddressTimeout);
        ReceiverSocket connection;
        try
        {
            if (await lookups.FindAsync(through.EndPoint.Host, limited.Token) is not HostLookup.Found found)
            {
                throw new ShortageException(Shortage.Proxy);
            }

            connection = await OpenAsync(found.Addresses, through.EndPoint.Port, limited.Token);
        }
        catch (Exception error) when (error is SocketException
            || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new ShortageException(Shortage.Proxy);
        }

        if (through.TakesRequestsTo(url))
        {
            return connection;
        }

        try
        {
            await through.OpenTunnelAsync(connection, host, cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async ValueTask<ReceiverSocket> OpenAsync(IPAddress[] addresses, int port, CancellationToken cancellationToken)
    {
        Enter();
        try
        {
            var tried = Math.Min(addresses.Length, MaxAddresses);
            for (var i = 0; ; i++)
            {
                var isLast = i == tried - 1;
                try
                {
                    var socket = await ConnectAsync(new IPEndPoint(addresses[i], port), isLast, cancellationToken);
                    return new ReceiverSocket(socket, this);
                }
                catch (Exception error) when (!isLast && !cancellationToken.IsCancellationRequested
                    && error is SocketException or OperationCanceledException)
                {
                    // The next address may answer.
                }
            }
        }
        catch
        {
            Exit();
            throw;
        }
    }

    public void Add(ReceiverStream stream)
    {
        lock (gate)
        {
            streams.Add(stream);
        }
    }

    public void Remove(ReceiverStream stream)
    {
        lock (gate)
        {
            streams.Remove(stream);
        }
    }

    private async Task<Socket> ConnectAsync(IPEndPoint address, bool isLast, CancellationToken cancellationToken)
    {
        var socket = CreateSocket(address.AddressFamily);
        try
        {
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limited.CancelAfter(isLast ? Timeout.InfiniteTimeSpan : AddressTimeout);
            await socket.ConnectAsync(address, limited.Token);
            return socket;
        }
        catch (SocketException error) when (IsShortage(error.SocketErrorCode, address))
        {
            socket.Dispose();
            throw new ShortageException(Shortage.Descriptors);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private Socket CreateSocket(AddressFamily family)
    {
        for (var closed = false; ; closed = true)
        {
            try
            {
                return new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            }
            catch (SocketException error) when (IsShortage(error.SocketErrorCode))
            {
                if (closed || CloseIdle(CloseAtOnce) == 0)
                {
                    throw new ShortageException(Shortage.Descriptors);
                }
            }
        }
    }

    /// <summary>No descriptor, no memory for it, or no local port: nothing that the receiver could have done.</summary>
    private static bool IsShortage(SocketError error, IPEndPoint? address = null) =>
        error is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable
        || (error == SocketError.AddressNotAvailable && address?.AddressFamily == AddressFamily.InterNetwork);

    private void Enter()
    {
        if (Interlocked.Increment(ref open) > limit && CloseIdle(1) == 0)
        {
            Exit();
            throw new ShortageException(Shortage.Connections);
        }
    }

    /// <summary>A connection is closed.</summary>
    public void Exit() => Interlocked.Decrement(ref open);

    /// <summary>Closes those that have been idle for the longest time.</summary>
    /// <returns>How many.</returns>
    private int CloseIdle(int wanted)
    {
        List<ReceiverStream> oldest;
        lock (gate)
        {
            oldest = [.. streams.OrderBy(stream => stream.IdleSince)];
        }

        var closed = 0;
        foreach (var stream in oldest)
        {
            if (closed == wanted)
            {
                break;
            }

            closed += stream.TryClose() ? 1 : 0;
        }

        return closed;
    }
}
