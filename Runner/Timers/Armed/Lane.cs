namespace Runner.Timers.Armed;

/// <summary>Overdue work goes beside what is on time, never before it.</summary>
internal enum Lane
{
    /// <summary>Falls due, or fell due a moment ago.</summary>
    OnTime,

    /// <summary>Fell due while nobody was there to send it.</summary>
    Overdue,
}
