namespace Contracts.Schedules;

/// <summary>When a run takes place whose local time comes twice, because clocks are put back.</summary>
public enum FoldRule
{
    /// <summary>The first time only.</summary>
    First,

    /// <summary>Both times.</summary>
    Both,
}
