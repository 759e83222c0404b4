using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Runner.Timers.Receivers;

/// <summary>Resolves receivers' host names, on threads of its own, with a deadline, a cache and a negative cache.</summary>
/// <remarks>
/// .NET resolves names by getaddrinfo on threads of the shared pool, which a DNS server that does not answer blocks for ten seconds and
/// more each: a few dozen such names would stop the whole program. Names that failed lately get at most half of the threads, so that
/// they delay nobody else; for new ones more threads come while all are busy.
/// </remarks>
internal sealed class HostLookups : IDisposable
{
    /// <summary>Threads that ask at once. They are blocked most of their time, and started when they are needed.</summary>
    private const int MaxThreads = 32;

    /// <summary>Threads with those that come to help names for which nobody has come to ask in time.</summary>
    private const int MaxWithHelpers = 128;

    /// <summary>Bytes of stack for each: they only call the resolver.</summary>
    private const int StackBytes = 256 * 1024;

    /// <summary>Names remembered; beyond, the oldest are forgotten.</summary>
    private const int MaxNames = 10_000;

    /// <summary>How long a sender waits for an answer: as long as most resolvers wait for one server.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    /// <summary>A name that waits longer for a thread gets a new one: the others may have met names that nobody answers.</summary>
    private static readonly TimeSpan HelpAfter = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan IdleThread = TimeSpan.FromSeconds(30);
    private static readonly HostLookup.Found Localhost = new([IPAddress.Loopback, IPAddress.IPv6Loopback]);

    private readonly Func<string, IPAddress[]> resolve;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<string, HostName> names = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock gate = new();
    private readonly Queue<HostName> waiting = new();
    private readonly Queue<HostName> doubtful = new();
    private readonly SemaphoreSlim work = new(0);
    private int threads;
    private int idle;
    private int busyWithDoubtful;
    private bool stopped;

    /// <param name="time">Measures deadlines, and the age of cached answers.</param>
    /// <param name="resolve">Blocks; throws a <see cref="SocketException"/> when there is no address. The system's own by default.</param>
    public HostLookups(TimeProvider time, Func<string, IPAddress[]>? resolve = null)
    {
        this.time = time;
        this.resolve = resolve ?? Dns.GetHostAddresses;
    }

    /// <summary>What needs no look-up: an address, or "localhost"; null for any other name.</summary>
    public static HostLookup.Found? Literal(string host) =>
        IPAddress.TryParse(host, out var address) ? new HostLookup.Found([address])
        : IsLocalhost(host) ? Localhost
        : null;

    /// <summary>What the cache has of a name; null if somebody has to ask.</summary>
    public HostLookup? Known(string host)
    {
        if (!names.TryGetValue(host, out var name))
        {
            return null;
        }

        var known = name.Known(time.GetTimestamp(), out var isOld);
        if (isOld)
        {
            _ = name.Ask(out var isNew);
            if (isNew)
            {
                Enqueue(name);
            }
        }

        return known;
    }

    /// <summary>The addresses of a host, or why there are none. Never throws for a name's sake.</summary>
    public async ValueTask<HostLookup> FindAsync(string host, CancellationToken cancellationToken)
    {
        if ((Literal(host) ?? Known(host)) is { } known)
        {
            return known;
        }

        var name = names.GetOrAdd(host, static (host, clock) => new HostName(host, clock), time);
        var asking = name.Ask(out var isNew);
        if (isNew)
        {
            Enqueue(name);
            Forget();
        }

        try
        {
            var answer = asking.WaitAsync(Deadline, time, cancellationToken);
            await Task.WhenAny(answer, Task.Delay(HelpAfter, time, cancellationToken));
            if (name.IsPassedOver)
            {
                Help();
            }

            return await answer;
        }
        catch (TimeoutException)
        {
            return name.GiveUp(time.GetTimestamp());
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (gate)
        {
            stopped = true;
            work.Release(Math.Max(1, threads));
        }
    }

    /// <summary>RFC 6761, section 6.3: these names are loopback, without asking anybody.</summary>
    private static bool IsLocalhost(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);

    private void Enqueue(HostName name)
    {
        lock (gate)
        {
            (name.HasFailed ? doubtful : waiting).Enqueue(name);
            if (waiting.Count + doubtful.Count > idle && threads < MaxThreads && !stopped)
            {
                StartThread();
            }

            work.Release();
        }
    }

    /// <summary>Only for names that have not failed: those that have wait for half of the threads at most.</summary>
    private void Help()
    {
        lock (gate)
        {
            while (waiting.Count > idle && threads < MaxWithHelpers && !stopped)
            {
                StartThread();
            }
        }
    }

    private void StartThread()
    {
        threads++;
        idle++;
        new Thread(Run, StackBytes) { IsBackground = true, Name = "host-lookup" }.Start();
    }

    private void Run()
    {
        while (true)
        {
            var isWoken = work.Wait(IdleThread);
            HostName? next;
            bool isDoubtful;
            lock (gate)
            {
                idle--;
                next = Take(out isDoubtful);
                if (stopped || (!isWoken && next is null))
                {
                    threads--;
                    return;
                }
            }

            if (next is not null)
            {
                Ask(next);
            }

            lock (gate)
            {
                idle++;
                busyWithDoubtful -= isDoubtful ? 1 : 0;

                // One that was passed over because too many of its kind were asked for has lost its signal.
                if (isDoubtful && doubtful.Count > 0)
                {
                    work.Release();
                }
            }
        }
    }

    private HostName? Take(out bool isDoubtful)
    {
        isDoubtful = false;
        if (waiting.TryDequeue(out var next))
        {
            return next;
        }

        if (busyWithDoubtful >= MaxThreads / 2 || !doubtful.TryDequeue(out next))
        {
            return null;
        }

        isDoubtful = true;
        busyWithDoubtful++;
        return next;
    }

    private void Ask(HostName name)
    {
        name.Begin();
        HostLookup result;
        try
        {
            var addresses = resolve(name.Host);
            result = addresses.Length > 0 ? new HostLookup.Found(addresses) : new HostLookup.Failed("the host name has no address");
        }
        catch (SocketException error)
        {
            result = new HostLookup.Failed(error.SocketErrorCode == SocketError.HostNotFound
                ? "the host name cannot be resolved" : $"the host name cannot be resolved: {error.Message}");
        }
#pragma warning disable CA1031 // A name that the resolver chokes on must not end the thread that others wait for.
        catch (Exception error)
#pragma warning restore CA1031
        {
            result = new HostLookup.Failed($"the host name cannot be resolved: {error.Message}");
        }

        name.End(result, time.GetTimestamp());
    }

    /// <summary>Bounds the cache, whatever names clients think of.</summary>
    private void Forget()
    {
        if (names.Count <= MaxNames)
        {
            return;
        }

        foreach (var (host, _) in names.Where(name => !name.Value.IsBeingAsked).OrderBy(name => name.Value.At).Take(MaxNames / 10).ToList())
        {
            names.TryRemove(host, out _);
        }
    }
}
