namespace Tests.Faults;

/// <summary>What a client asked for.</summary>
public enum Deed
{
    Create,
    Cancel,
    Reschedule,

    /// <summary>Sends it again, or at once: what follows it is another promise.</summary>
    Replay,
}

/// <summary>What it was told.</summary>
public enum Verdict
{
    /// <summary>Done, or durable.</summary>
    Ok,

    /// <summary>Noted: the attempt under way may still arrive, none follows.</summary>
    Recorded,

    /// <summary>It did not happen and will not.</summary>
    Refused,

    /// <summary>Nobody can tell.</summary>
    Unknown,

    /// <summary>There is no such timer.</summary>
    Missing,
}

/// <summary>One request and what the client was told of it.</summary>
/// <param name="Deed">What was asked for.</param>
/// <param name="Verdict">The answer.</param>
/// <param name="SentAt">When the request was sent.</param>
/// <param name="At">When the answer was read.</param>
public sealed record Told(Deed Deed, Verdict Verdict, DateTimeOffset SentAt, DateTimeOffset At)
{
    /// <summary>The timer; null where the answer named none.</summary>
    public string? Id { get; init; }

    /// <summary>The mark of a create, which its webhooks carry.</summary>
    public string? Mark { get; init; }

    /// <summary>Whether the answer said that an attempt of before may still arrive.</summary>
    public bool Open { get; init; }

    /// <summary>The delay that was asked for.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>The instant that was asked for.</summary>
    public DateTimeOffset? Instant { get; init; }

    /// <summary>The first instant that may be promised: what a delay counts from lies between the request and its answer.</summary>
    public DateTimeOffset? From => Instant ?? SentAt + Delay;

    /// <summary>The last one.</summary>
    public DateTimeOffset? To => Instant ?? At + Delay;

    /// <summary>What was promised, where something was.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>The Idempotency-Key.</summary>
    public string? Key { get; init; }

    /// <summary>How it is to be tried again, as the answer says; null where it does not.</summary>
    public Schedule? Schedule { get; init; }
}

/// <summary>The attempts that were promised. Written down here once more, so that the program's rule is not judged by itself.</summary>
public sealed record Schedule(
    int Attempts, TimeSpan FirstDelay, double Factor, TimeSpan Maximum, double Jitter, IReadOnlyList<TimeSpan>? Delays)
{
    /// <summary>The longest time from the promised instant to an attempt, those before it having failed at once.</summary>
    public TimeSpan Before(int attempt) =>
        Enumerable.Range(1, Math.Max(0, attempt - 1)).Aggregate(TimeSpan.Zero, (sum, before) => sum + (PauseAfter(before) * (1 + Jitter)));

    public TimeSpan PauseAfter(int attempt) => Delays is { Count: > 0 }
        ? Delays[Math.Min(attempt, Delays.Count) - 1]
        : TimeSpan.FromSeconds(Math.Min(Maximum.TotalSeconds, FirstDelay.TotalSeconds * Math.Pow(Factor, attempt - 1)));
}

/// <summary>A state in which a client saw a timer.</summary>
/// <param name="Id">The timer.</param>
/// <param name="State">As REST names it.</param>
/// <param name="Mark">The mark of the request that it comes from.</param>
public sealed record Seen(string Id, string State, string? Mark = null);

/// <summary>The numbers that the service gives, beside every timer that it lists.</summary>
/// <param name="Stats">How many are in each state, as it says.</param>
/// <param name="Timers">All of them, as it lists them.</param>
/// <param name="At">When it began.</param>
public sealed record Recount(IReadOnlyDictionary<string, long> Stats, IReadOnlyList<Seen> Timers, DateTimeOffset At)
{
    /// <summary>How many timers were listed in a state.</summary>
    public long Listed(string state) => Timers.LongCount(timer => timer.State == state);

    /// <summary>How many the numbers say.</summary>
    public long Counted(string state) => Stats.GetValueOrDefault(state);

    /// <summary>All that are named, by the numbers or by the list.</summary>
    public IEnumerable<string> States => Stats.Keys.Union(Timers.Select(timer => timer.State));

    public bool Agrees => States.All(state => Counted(state) == Listed(state));
}
