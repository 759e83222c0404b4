namespace Tests.Faults;

/// <summary>What a client asked for.</summary>
public enum Deed
{
    Create,
    Cancel,
    Reschedule,

    /// <summary>Sends it again, or at once: what follows is a new promise.</summary>
    Replay,
}

/// <summary>What the client was told.</summary>
public enum Verdict
{
    /// <summary>Done, or durable.</summary>
    Ok,

    /// <summary>Recorded: the attempt in flight may still arrive, but none follows.</summary>
    Recorded,

    /// <summary>It did not happen and will not.</summary>
    Refused,

    /// <summary>The outcome is unknown.</summary>
    Unknown,

    /// <summary>There is no such timer.</summary>
    Missing,
}

/// <summary>One request, and what the client was told about it.</summary>
/// <param name="Deed">What was asked for.</param>
/// <param name="Verdict">The answer.</param>
/// <param name="SentAt">When the request was sent.</param>
/// <param name="At">When the answer was read.</param>
public sealed record Told(Deed Deed, Verdict Verdict, DateTimeOffset SentAt, DateTimeOffset At)
{
    /// <summary>The timer's id; null if the answer named none.</summary>
    public string? Id { get; init; }

    /// <summary>The mark of a create, which its webhooks carry.</summary>
    public string? Mark { get; init; }

    /// <summary>Whether the answer said that an earlier attempt may still arrive.</summary>
    public bool Open { get; init; }

    /// <summary>The requested delay.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>The requested instant.</summary>
    public DateTimeOffset? Instant { get; init; }

    /// <summary>The earliest instant that may be promised: a delay counts from some moment between the request and its answer.</summary>
    public DateTimeOffset? From => Instant ?? SentAt + Delay;

    /// <summary>The latest instant that may be promised.</summary>
    public DateTimeOffset? To => Instant ?? At + Delay;

    /// <summary>The promised instant; null if nothing was promised.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>The requested age at which it expires.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>The promised expiry; null if nothing was promised, or none was asked for.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>From when on nothing may be sent: as promised or, where no answer came, the latest that may be.</summary>
    public DateTimeOffset? End => ExpiresAt ?? (Verdict == Verdict.Unknown ? To + MaxAge : null);

    /// <summary>From when on its webhook is late: nobody owes what is not promised yet.</summary>
    public DateTimeOffset? OwedFrom => Verdict == Verdict.Ok && DueAt < At ? At : DueAt;

    /// <summary>The Idempotency-Key.</summary>
    public string? Key { get; init; }

    /// <summary>The schedule of attempts in the answer; null if it has none.</summary>
    public Schedule? Schedule { get; init; }
}

/// <summary>The promised attempts. The rule is written down again here, so that the program is not judged by its own.</summary>
public sealed record Schedule(
    int Attempts, TimeSpan FirstDelay, double Factor, TimeSpan Maximum, double Jitter, IReadOnlyList<TimeSpan>? Delays)
{
    /// <summary>The longest time from the promised instant to an attempt, if all earlier ones failed at once.</summary>
    public TimeSpan Before(int attempt) =>
        Enumerable.Range(1, Math.Max(0, attempt - 1)).Aggregate(TimeSpan.Zero, (sum, before) => sum + (PauseAfter(before) * (1 + Jitter)));

    public TimeSpan PauseAfter(int attempt) => Delays is { Count: > 0 }
        ? Delays[Math.Min(attempt, Delays.Count) - 1]
        : TimeSpan.FromSeconds(Math.Min(Maximum.TotalSeconds, FirstDelay.TotalSeconds * Math.Pow(Factor, attempt - 1)));
}

/// <summary>A state in which a client saw a timer.</summary>
/// <param name="Id">The timer.</param>
/// <param name="State">As REST names it.</param>
/// <param name="Mark">The mark of the request that created it.</param>
public sealed record Seen(string Id, string State, string? Mark = null);

/// <summary>The service's statistics, with every timer that it lists.</summary>
/// <param name="Stats">How many timers are in each state, as the service reports it.</param>
/// <param name="Timers">All timers, as the service lists them.</param>
/// <param name="At">When the recount began.</param>
public sealed record Recount(IReadOnlyDictionary<string, long> Stats, IReadOnlyList<Seen> Timers, DateTimeOffset At)
{
    /// <summary>How many timers were listed in a state.</summary>
    public long Listed(string state) => Timers.LongCount(timer => timer.State == state);

    /// <summary>How many timers are in a state according to the statistics.</summary>
    public long Counted(string state) => Stats.GetValueOrDefault(state);

    /// <summary>All states that the statistics or the list name.</summary>
    public IEnumerable<string> States => Stats.Keys.Union(Timers.Select(timer => timer.State));

    public bool Agrees => States.All(state => Counted(state) == Listed(state));
}
