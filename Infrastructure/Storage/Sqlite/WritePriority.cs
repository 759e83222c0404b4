namespace Infrastructure.Storage.Sqlite;

/// <summary>Who goes first at the one writer of a file.</summary>
internal enum WritePriority
{
    /// <summary>What has happened must be remembered before more happens.</summary>
    Outcomes,

    /// <summary>What is due is claimed in time.</summary>
    Claims,

    /// <summary>A person or a client waits for a command.</summary>
    Control,

    /// <summary>Floods.</summary>
    Ingest,

    /// <summary>Nobody waits.</summary>
    Upkeep,
}
