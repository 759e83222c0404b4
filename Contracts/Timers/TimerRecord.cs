namespace Contracts.Timers;

/// <summary>A stored timer.</summary>
public sealed record TimerRecord
{
    /// <summary>The store's key.</summary>
    public required Guid Key { get; init; }

    /// <summary>The tenant that it belongs to.</summary>
    public string Tenant { get; init; } = Common.Tenant.Default;

    /// <summary>Grows with every change that a client could see, claims apart; the ETag.</summary>
    public long Version { get; init; } = 1;

    /// <summary>Its state.</summary>
    public TimerState State { get; init; }

    /// <summary>The promised instant. Only commands change it; retries and replays keep it.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>When to act next; of a finished timer, when it finished.</summary>
    public required DateTimeOffset NextAt { get; init; }

    /// <summary>When it expires: from then on it is not sent, and ends <see cref="TimerState.Expired"/>. Null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When the Producer accepted it.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The number of the timer's current due instant, from 1. With the id it makes the <c>webhook-id</c>.</summary>
    public int Occurrence { get; init; } = 1;

    /// <summary>Attempts counted in this occurrence. Numbers never restart within it.</summary>
    public int Attempts { get; init; }

    /// <summary>Of <see cref="Attempts"/>, those before the last replay; the retry policy counts from here.</summary>
    public int AttemptsBeforeReplay { get; init; }

    /// <summary>The claim that holds it, or that left it ambiguous; null when free.</summary>
    public ClaimToken? Claim { get; init; }

    /// <summary>A command that came while it was armed and takes effect when the attempt in flight ends.</summary>
    public PendingCommand Pending { get; init; }

    /// <summary>A claim died without a result in this occurrence: a lost attempt may still arrive.</summary>
    public bool MayStillArrive { get; init; }

    /// <summary>Hash of the creating request's content, for keyed creates.</summary>
    public long? Fingerprint { get; init; }

    /// <summary>The webhook to send.</summary>
    public required TimerSpec Spec { get; init; }

    /// <summary>The id that clients see.</summary>
    public string Id => Spec.OwnId ?? Key.ToString("D");

    /// <summary>
    /// The row with a new due instant, which is a new promise: with all its retries, and once an attempt may have arrived under another
    /// <c>webhook-id</c>.
    /// </summary>
    /// <param name="due">In whole milliseconds.</param>
    public TimerRecord PromisedFor(DateTimeOffset due) => (Renewed() with { DueAt = due, NextAt = due }).Expiring();

    /// <summary>Whether nothing of it may be sent any more.</summary>
    public bool HasExpired(DateTimeOffset now) => ExpiresAt <= now;

    /// <summary>
    /// The row with the expiry that its content and due instant give it. It is looked at then at the latest: to end it, if nothing has by
    /// then.
    /// </summary>
    public TimerRecord Expiring()
    {
        var end = Spec.ExpiryOf(DueAt);
        return this with { ExpiresAt = end, NextAt = end < NextAt ? end.Value : NextAt };
    }

    /// <summary>What the bound of touches, and a delay that was not given as one, count from.</summary>
    public DateTimeOffset TouchFrom => Spec.TouchFrom ?? CreatedAt;

    /// <summary>How far a touch pushes it out: the delay that it was given last, or what its due instant amounted to.</summary>
    public TimeSpan OwnDelay => Spec.TouchDelay ?? (DueAt > TouchFrom ? DueAt - TouchFrom : TimeSpan.Zero);

    /// <summary>
    /// The row with other content. If a receiver may know the old one, it gets a <c>webhook-id</c> of its own: under the same one it would
    /// be dropped as a repetition.
    /// </summary>
    public TimerRecord Renewed() => Attempts == 0 && !MayStillArrive
        ? this
        : this with { Occurrence = Occurrence + 1, Attempts = 0, AttemptsBeforeReplay = 0 };

    /// <summary>The row that a create of the default tenant makes.</summary>
    public static TimerRecord From(TimerScheduled created) => From(created, Common.Tenant.Default);

    /// <summary>The row that a create makes; a redelivered message makes the same row.</summary>
    public static TimerRecord From(TimerScheduled created, string tenant)
    {
        ArgumentNullException.ThrowIfNull(created);
        var row = new TimerRecord
        {
            Key = created.TimerId,
            Tenant = tenant,
            DueAt = created.DueAt,
            NextAt = created.DueAt,
            CreatedAt = created.CreatedAt,
            Fingerprint = created.Fingerprint,
            Spec = created.Spec,
        };
        return row.Expiring();
    }
}
