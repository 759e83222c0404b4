namespace Tests.Faults;

/// <summary>The kinds of broken promises that the oracle tells apart.</summary>
public enum Wrong
{
    /// <summary>Acknowledged, due, not cancelled, and never delivered; or acknowledged and missing.</summary>
    Lost,

    /// <summary>Refused, but stored or delivered all the same.</summary>
    RefusedButDelivered,

    /// <summary>Delivered though nobody asked for it: a second timer for one request, or one with another request's contents.</summary>
    NeverAsked,

    /// <summary>The promised instant is not the requested one.</summary>
    AnotherPromise,

    /// <summary>Delivered before the promised instant or, where no answer came, before the requested one.</summary>
    Early,

    /// <summary>Later than the outage and the budget explain.</summary>
    Late,

    /// <summary>Sent again although there was no fault in between.</summary>
    DuplicateWithoutFault,

    /// <summary>Sent again in a way that a receiver cannot recognise.</summary>
    DuplicateUnderAnotherId,

    /// <summary>Delivered after a cancel was acknowledged.</summary>
    AfterCancel,

    /// <summary>Delivered after its expiry.</summary>
    AfterExpiry,

    /// <summary>Delivered for the old instant after a reschedule was acknowledged.</summary>
    AtOldTime,

    /// <summary>One timer's attempts or occurrences out of order.</summary>
    OutOfOrder,

    /// <summary>One timer in two final states.</summary>
    SeveralFinalStates,

    /// <summary>Too many attempts, one too soon, one left out, or a final state that neither the attempts nor a command justify.</summary>
    AttemptsOffSchedule,

    /// <summary>The statistics do not match the timers.</summary>
    StatsDiffer,

    /// <summary>One Idempotency-Key, two timers.</summary>
    SeveralTimersForOneKey,
}

/// <summary>A broken promise.</summary>
/// <param name="Wrong">Its kind.</param>
/// <param name="Subject">The timer, the key or the state.</param>
/// <param name="What">The instants or numbers that show it.</param>
public sealed record Violation(Wrong Wrong, string Subject, string What);
