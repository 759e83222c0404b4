namespace Contracts.Access;

/// <summary>What a key may do with the data of a slice.</summary>
public enum KeyVerb
{
    /// <summary>Read, and watch live streams.</summary>
    Read,

    /// <summary>Create timers, send events.</summary>
    Write,

    /// <summary>Change what is there: commands, replays, settings, erasures.</summary>
    Control,

    /// <summary>Everything, and keys themselves.</summary>
    Admin,

    /// <summary>Metrics and the details of readiness, from another machine.</summary>
    Metrics,
}
