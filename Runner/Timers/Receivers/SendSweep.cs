namespace Runner.Timers.Receivers;

/// <summary>Tells which requests under way turn out to be slow, and which to hang.</summary>
/// <remarks>Used under the lock of its <see cref="SendBudget"/>.</remarks>
internal sealed class SendSweep : IDisposable
{
    /// <summary>A request that takes longer is not about to be answered.</summary>
    public static readonly TimeSpan SlowRequest = TimeSpan.FromMilliseconds(25);

    /// <summary>A request that takes longer may never be answered.</summary>
    public static readonly TimeSpan HangingRequest = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(1);

    private readonly Queue<SendSlot> young = new();
    private readonly Queue<SendSlot> slow = new();
    private readonly TimeProvider time;
    private readonly ITimer timer;
    private long? dueSince;
    private TimeSpan dueIn;

    /// <param name="time">Tells how long requests take.</param>
    /// <param name="sweep">Called without locks when some may be due, if <see cref="Later"/> was called before.</param>
    public SendSweep(TimeProvider time, Action sweep)
    {
        this.time = time;
        timer = time.CreateTimer(_ => sweep(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A request that its receiver is expected to answer soon. Each is added as it is taken.</summary>
    public void AddYoung(SendSlot slot) => young.Enqueue(slot);

    /// <summary>A request whose receiver is slow.</summary>
    public void AddSlow(SendSlot slot) => slow.Enqueue(slot);

    /// <summary>The next of the young that is slow; null if there is none.</summary>
    public SendSlot? TakeSlow() => Take(young, SlowRequest);

    /// <summary>The next of the slow that hangs; null if there is none.</summary>
    public SendSlot? TakeHanging() => Take(slow, HangingRequest);

    /// <summary>Forgets what was answered.</summary>
    public void DropEnded()
    {
        DropEnded(young);
        DropEnded(slow);
    }

    /// <summary>Has a sweep made when the next request is slow, or hangs.</summary>
    public void Later()
    {
        var left = (Left(young, SlowRequest), Left(slow, HangingRequest)) switch
        {
            ({ } one, { } other) => one < other ? one : other,
            var (one, other) => one ?? other,
        };
        if (left is not { } wanted || (dueSince is { } since && dueIn - time.GetElapsedTime(since) is var rest
            && rest > TimeSpan.Zero && rest <= wanted))
        {
            return;
        }

        (dueSince, dueIn) = (time.GetTimestamp(), wanted > MinPause ? wanted : MinPause);
        timer.Change(dueIn, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc />
    public void Dispose() => timer.Dispose();

    private SendSlot? Take(Queue<SendSlot> slots, TimeSpan limit)
    {
        dueSince = null;
        DropEnded(slots);
        return Left(slots, limit) <= TimeSpan.Zero ? slots.Dequeue() : null;
    }

    private TimeSpan? Left(Queue<SendSlot> slots, TimeSpan limit) =>
        slots.TryPeek(out var oldest) ? limit - time.GetElapsedTime(oldest.Since) : null;

    private static void DropEnded(Queue<SendSlot> slots)
    {
        while (slots.TryPeek(out var oldest) && oldest.HasEnded)
        {
            slots.Dequeue();
        }
    }
}
