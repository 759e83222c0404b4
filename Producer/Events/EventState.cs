namespace Producer.Events;

/// <summary>What became of an event whose message is durable.</summary>
internal enum EventState
{
    /// <summary>A Consumer has yet to store it.</summary>
    Queued,

    /// <summary>It is stored.</summary>
    Recorded,

    /// <summary>Another event that says the same was there before.</summary>
    Duplicate,

    /// <summary>It was left out: what it belongs to has been purged or erased in the meantime.</summary>
    Dropped,
}
