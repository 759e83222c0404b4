namespace Contracts.Schedules;

/// <summary>What becomes of a run that is due while an earlier one is unfinished: unanswered, retried, paused or ambiguous.</summary>
public enum OverlapRule
{
    /// <summary>It runs, too.</summary>
    Allow,

    /// <summary>It is skipped.</summary>
    Skip,

    /// <summary>It waits until the earlier one has finished, unless one waits already: then it is skipped.</summary>
    BufferOne,

    /// <summary>It waits; those that wait run one after another (<see cref="SchedulePlanner.MaxBuffered"/>).</summary>
    BufferAll,

    /// <summary>The earlier one is cancelled, and it runs as soon as that has ended.</summary>
    CancelOther,
}
