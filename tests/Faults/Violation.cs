namespace Tests.Faults;

/// <summary>The kinds of broken promises, each of which the oracle tells from the others.</summary>
public enum Wrong
{
    /// <summary>Acknowledged, due, not cancelled, and never delivered; or acknowledged and not there.</summary>
    Lost,

    /// <summary>Refused, and stored or delivered all the same.</summary>
    RefusedButDelivered,

    /// <summary>Delivered though nobody asked for it: a second timer of one request, or with what another request said.</summary>
    NeverAsked,

    /// <summary>The instant that is promised is not the one that was asked for.</summary>
    AnotherPromise,

    /// <summary>Delivered before what was promised, or asked for where no answer came.</summary>
    Early,

    /// <summary>Later than the outage and the budget explain.</summary>
    Late,

    /// <summary>Sent again although nothing had broken in between.</summary>
    DuplicateWithoutFault,

    /// <summary>Sent again so that a receiver cannot know it.</summary>
    DuplicateUnderAnotherId,

    /// <summary>Delivered after a cancel was acknowledged.</summary>
    AfterCancel,

    /// <summary>Delivered for the old instant after a reschedule was acknowledged.</summary>
    AtOldTime,

    /// <summary>One timer's attempts or occurrences in another order.</summary>
    OutOfOrder,

    /// <summary>Two ends of one timer.</summary>
    SeveralFinalStates,

    /// <summary>Too many attempts, one too soon, one left out, or a state at the end that neither they nor a command bear out.</summary>
    AttemptsOffSchedule,

    /// <summary>The numbers are not those of the timers.</summary>
    StatsDiffer,

    /// <summary>One Idempotency-Key, two timers.</summary>
    SeveralTimersForOneKey,
}

/// <summary>A broken promise.</summary>
/// <param name="Wrong">Its kind.</param>
/// <param name="Subject">The timer, the key or the state.</param>
/// <param name="What">The instants or numbers that show it.</param>
public sealed record Violation(Wrong Wrong, string Subject, string What);
