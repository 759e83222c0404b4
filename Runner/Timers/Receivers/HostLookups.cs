using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Runner.Timers.Receivers;

/// <summary>Resolves receivers' host names, on threads of its own, with a deadline, a cache and a negative cache.</summary>
/// <remarks>
/// .NET resolves names by getaddrinfo on threads of the shared pool, which a DNS server that does not answer blocks for ten seconds and
/// more each: a few dozen such names would stop the whole program. Names that failed lately get at most half of the threads, so that
/// they delay nobody else.
/// </remarks>
internal sealed class HostLookups : IDisposable
{
    /// <summary>Threads that ask at once. They are blocked most of their time, and started when they are needed.</summary>
    private const int MaxThreads = 32;

    /// <summary>Bytes of stack for each: they only call the resolver.</summary>
    private const int StackBytes = 256 * 1024;

    /// <summary>Names remembered; beyond, the oldest are forgotten.</summary>
    private const int MaxNames = 10_000;

    /// <summary>How long a sender waits for an answer: as long as most resolvers wait for one server.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    /// <summary>getaddrinfo does not tell the records' time to live; half a minute is common for services that move.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    /// <summary>Addresses that are used until their name is resolved anew: nobody waits for that.</summary>
    private static readonly TimeSpan Revalidated = TimeSpan.FromMinutes(5);

    /// <summary>Addresses that may still be used while their name cannot be resolved anew, as RFC 8767 proposes.</summary>
    private static readonly TimeSpan Stale = TimeSpan.FromHours(1);

    /// <summary>How long a failure is remembered.</summary>
    private static readonly TimeSpan Negative = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan IdleThread = TimeSpan.FromSeconds(30);
    private static readonly HostLookup.Found Localhost = new([IPAddress.Loopback, IPAddress.IPv6Loopback]);

    private readonly Func<string, IPAddress[]> resolve;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<string, Name> names = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock gate = new();
    private readonly Queue<Name> waiting = new();
    private readonly Queue<Name> doubtful = new();
    private readonly SemaphoreSlim work = new(0);
    private int threads;
    private int idle;
    private int busyWithDoubtful;
    private bool stopped;

    /// <param name="time">For deadlines and the cache.</param>
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

        var name = names.GetOrAdd(host, static (host, self) => new Name(self, host), this);
        var asking = name.Ask(out var isNew);
        if (isNew)
        {
            Enqueue(name);
            Forget();
        }

        try
        {
            return await asking.WaitAsync(Deadline, time, cancellationToken);
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

    private void Enqueue(Name name)
    {
        lock (gate)
        {
            (name.HasFailed ? doubtful : waiting).Enqueue(name);
            if (waiting.Count + doubtful.Count > idle && threads < MaxThreads && !stopped)
            {
                threads++;
                new Thread(Run, StackBytes) { IsBackground = true, Name = "host-lookup" }.Start();
            }

            work.Release();
        }
    }

    private void Run()
    {
        while (true)
        {
            lock (gate)
            {
                idle++;
            }

            var isWoken = work.Wait(IdleThread);
            Name? next;
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

            if (isDoubtful)
            {
                lock (gate)
                {
                    busyWithDoubtful--;

                    // One that was passed over because too many of its kind were asked for has lost its signal.
                    if (doubtful.Count > 0)
                    {
                        work.Release();
                    }
                }
            }
        }
    }

    private Name? Take(out bool isDoubtful)
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

    private void Ask(Name name)
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

    /// <summary>One name: its last answer, and the question under way.</summary>
    private sealed class Name(HostLookups lookups, string host)
    {
        private readonly Lock gate = new();
        private HostLookup.Found? found;
        private HostLookup.Failed? failed;
        private long foundAt;
        private long failedAt;
        private bool hasBegun;
        private TaskCompletionSource<HostLookup>? asking;

        public string Host => host;

        public bool HasFailed => failed is not null;

        public bool IsBeingAsked => asking is not null;

        public long At => Math.Max(foundAt, failedAt);

        /// <param name="now">A timestamp.</param>
        /// <param name="isOld">Whether to ask again, while what is known is used.</param>
        public HostLookup? Known(long now, out bool isOld)
        {
            lock (gate)
            {
                var hasJustFailed = failed is not null && lookups.time.GetElapsedTime(failedAt, now) < Negative;
                isOld = false;
                if (found is not null)
                {
                    var age = lookups.time.GetElapsedTime(foundAt, now);
                    if (age < Revalidated || (failed is not null && age < Stale))
                    {
                        isOld = age >= Fresh && !hasJustFailed;
                        return found;
                    }
                }

                return hasJustFailed ? failed : null;
            }
        }

        public Task<HostLookup> Ask(out bool isNew)
        {
            lock (gate)
            {
                isNew = asking is null;
                if (isNew)
                {
                    asking = new TaskCompletionSource<HostLookup>(TaskCreationOptions.RunContinuationsAsynchronously);
                    hasBegun = false;
                }

                return asking!.Task;
            }
        }

        public void Begin()
        {
            lock (gate)
            {
                hasBegun = true;
            }
        }

        public void End(HostLookup result, long now)
        {
            TaskCompletionSource<HostLookup>? waiters;
            lock (gate)
            {
                waiters = asking;
                asking = null;
                if (result is HostLookup.Found addresses)
                {
                    (found, foundAt, failed) = (addresses, now, null);
                }
                else
                {
                    (failed, failedAt) = ((HostLookup.Failed)result, now);
                    result = Fallback(now);
                }
            }

            waiters?.TrySetResult(result);
        }

        /// <summary>The deadline has passed. A late answer is remembered all the same.</summary>
        public HostLookup GiveUp(long now)
        {
            lock (gate)
            {
                if (asking is null)
                {
                    return Known(now, out _) ?? HostLookup.NotAsked.Instance;
                }

                if (hasBegun)
                {
                    failed = new HostLookup.Failed("the host name cannot be resolved: no answer in time");
                    failedAt = now;
                    return Fallback(now);
                }

                return IsUsable(now) ? found! : HostLookup.NotAsked.Instance;
            }
        }

        private HostLookup Fallback(long now) => IsUsable(now) ? found! : failed!;

        private bool IsUsable(long now) => found is not null && lookups.time.GetElapsedTime(foundAt, now) < Stale;
    }
}
