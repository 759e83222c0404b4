namespace Infrastructure.Storage.Sqlite;

/// <summary>Priorities of a file's single writer.</summary>
internal enum WritePriority
{
    /// <summary>Outcomes: recorded before anything else happens.</summary>
    Outcomes,

    /// <summary>Claims: due timers must be claimed in time.</summary>
    Claims,

    /// <summary>Commands: a client waits.</summary>
    Control,

    /// <summary>Creates, which arrive in bursts.</summary>
    Ingest,

    /// <summary>Upkeep: nobody waits for it.</summary>
    Upkeep,
}
