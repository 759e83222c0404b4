namespace Runner.Timers.Armed;

/// <summary>The two lanes: overdue timers go beside those that are on time, never before them.</summary>
internal enum Lane
{
    /// <summary>Falls due, or fell due a moment ago.</summary>
    OnTime,

    /// <summary>Fell due while no Runner could send it.</summary>
    Overdue,
}
