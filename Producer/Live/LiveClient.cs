namespace Producer.Live;

/// <summary>
/// What a client has yet to be told. It coalesces: of each key the last state alone waits, and of too many keys only that they must all be
/// read anew, so a client that reads slowly costs no more than a quick one.
/// </summary>
internal sealed class LiveClient(LiveFilter filter)
{
    public const int MaxWaiting = 1_000;

    private readonly Lock gate = new();
    private Dictionary<string, LiveValue> waiting = new(StringComparer.Ordinal);
    private TaskCompletionSource told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? position;
    private bool isOverrun;

    public LiveFilter Filter => filter;

    /// <summary>Completes when there is something to tell, or to end.</summary>
    public Task Told
    {
        get
        {
            lock (gate)
            {
                return told.Task;
            }
        }
    }

    /// <summary>Whether the reader has failed: the client is to connect again.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Sets where it begins.</summary>
    public void StartAt(string? begin) => position = begin;

    /// <summary>Hands over changes.</summary>
    /// <param name="values">States, with the groups that each has left.</param>
    /// <param name="isAll">Whether anything else may have changed, too.</param>
    /// <param name="last">The position of the last change among them.</param>
    public void Offer(IEnumerable<(LiveValue Value, LeftGroups Left)> values, bool isAll, string? last)
    {
        lock (gate)
        {
            position = last;
            foreach (var (value, left) in values)
            {
                if (filter.Apply(value, left) is { } mine && !isOverrun)
                {
                    waiting[mine.Key] = mine;
                }
            }

            // Of a single key the state is among the values.
            if ((isAll && filter.Key is null) || waiting.Count > MaxWaiting)
            {
                isOverrun = true;
                waiting.Clear();
            }

            if (isOverrun || waiting.Count > 0)
            {
                told.TrySetResult();
            }
        }
    }

    /// <summary>Ends it.</summary>
    public void End()
    {
        lock (gate)
        {
            HasEnded = true;
            told.TrySetResult();
        }
    }

    /// <summary>Takes what waits; if that is more than can be told one by one, everything has to be read anew.</summary>
    public (IReadOnlyCollection<LiveValue> Values, bool IsOverrun, string? Position) Take()
    {
        lock (gate)
        {
            var taken = (waiting.Values, isOverrun, position);
            waiting = new Dictionary<string, LiveValue>(StringComparer.Ordinal);
            isOverrun = false;
            if (!HasEnded && told.Task.IsCompleted)
            {
                told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return taken;
        }
    }
}
