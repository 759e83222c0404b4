namespace Producer.Http;

/// <summary>Bounds the bytes that all requests hold together: what is beyond waits for a moment, and is refused with 503 then.</summary>
/// <remarks>
/// Small requests are not counted: their number is bounded by that of connections. A request that is alone is never refused, or one that is
/// larger than the bound could never be served.
/// </remarks>
internal sealed class RequestMemory
{
    /// <summary>Requests up to this size, and their answers, are not counted.</summary>
    public const int Small = 16 * 1024;

    /// <summary>
    /// What a body is worth in memory once it is parsed, with the answer that it gets. An estimate, under which the heap of a container of
    /// 512 MB holds.
    /// </summary>
    public const int ParsedFactor = 8;

    /// <summary>How long a request waits for others to end.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly LinkedList<Waiter> waiting = [];
    private readonly TimeProvider time;
    private readonly long limit;
    private long used;

    public RequestMemory(TimeProvider time)
        : this(time, DefaultLimit())
    {
    }

    /// <param name="time">Measures how long a request waits for memory.</param>
    /// <param name="limit">Bytes that all requests together may hold.</param>
    public RequestMemory(TimeProvider time, long limit)
    {
        this.time = time;
        this.limit = limit;
    }

    /// <summary>Bytes held now.</summary>
    public long Used => Volatile.Read(ref used);

    /// <summary>A request's share, which it gives back when it ends.</summary>
    public Share Open(HttpContext context)
    {
        var share = new Share(this);
        context.Response.RegisterForDispose(share);
        return share;
    }

    /// <summary>A quarter of what the process may use, which in a container is what the container may use; at least 32 MiB.</summary>
    private static long DefaultLimit() => Math.Max(32L << 20, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);

    private async Task GrowAsync(Share share, long bytes, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(share, bytes);
        lock (gate)
        {
            if (waiting.Count == 0 && TryTake(waiter))
            {
                return;
            }

            waiting.AddLast(waiter);
        }

        try
        {
            await waiter.Taken.Task.WaitAsync(MaxWait, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            if (!Cancel(waiter))
            {
                throw new MemoryShortageException();
            }
        }
        catch (OperationCanceledException)
        {
            Cancel(waiter);
            throw;
        }
    }

    /// <returns>Whether it was served at the last moment.</returns>
    private bool Cancel(Waiter waiter)
    {
        lock (gate)
        {
            if (waiter.Taken.Task.IsCompleted)
            {
                return true;
            }

            waiting.Remove(waiter);
            Serve();
            return false;
        }
    }

    private bool TryTake(Waiter waiter)
    {
        if (used - waiter.Share.Bytes + waiter.Bytes > limit && used > waiter.Share.Bytes)
        {
            return false;
        }

        used += waiter.Bytes - waiter.Share.Bytes;
        waiter.Share.Bytes = waiter.Bytes;
        return true;
    }

    private void Return(Share share)
    {
        lock (gate)
        {
            used -= share.Bytes;
            share.Bytes = 0;
            Serve();
        }
    }

    /// <summary>In the order in which they came, so that small ones do not keep a large one out for ever.</summary>
    private void Serve()
    {
        while (waiting.First is { } first && TryTake(first.Value))
        {
            waiting.RemoveFirst();
            first.Value.Taken.TrySetResult();
        }
    }

    /// <summary>What one request holds.</summary>
    internal sealed class Share(RequestMemory memory) : IDisposable
    {
        internal long Bytes { get; set; }

        /// <summary>Counts at least this many bytes for it from now on.</summary>
        /// <exception cref="MemoryShortageException">Others hold too many.</exception>
        public Task GrowToAsync(long bytes, CancellationToken cancellationToken) =>
            bytes <= Bytes ? Task.CompletedTask : memory.GrowAsync(this, bytes, cancellationToken);

        /// <inheritdoc />
        public void Dispose() => memory.Return(this);
    }

    private sealed record Waiter(Share Share, long Bytes)
    {
        public TaskCompletionSource Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
