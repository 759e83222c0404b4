namespace Producer.Timers;

/// <summary>What to do about a create whose id is taken.</summary>
internal enum ConflictPolicy
{
    /// <summary>Answer with the timer that has it if it has the same content; refuse another content.</summary>
    Return,

    /// <summary>Refuse it, whatever the content.</summary>
    Reject,

    /// <summary>Put the new content in the place of a timer that has not been fired yet.</summary>
    Replace,
}
