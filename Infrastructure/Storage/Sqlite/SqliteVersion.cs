namespace Infrastructure.Storage.Sqlite;

/// <summary>The version of a file's tables.</summary>
internal static class SqliteVersion
{
    /// <summary>Creates or completes the tables of a file, and refuses a file from a later release.</summary>
    /// <param name="connection">The writer's.</param>
    /// <param name="version">What this release knows.</param>
    /// <param name="things">What is stored there, for the error: a plural.</param>
    /// <param name="missing">What a file lacks, by the version that it has; 0 for an empty one.</param>
    /// <exception cref="InvalidOperationException">A later release wrote the file.</exception>
    public static void Apply(SqliteConnection connection, int version, string things, Func<int, string> missing)
    {
        var found = Read(connection);
        if (found > version)
        {
            throw new InvalidOperationException(
                $"The stored {things} have schema {found}; this release knows {version} at most. Start the release that wrote them.");
        }

        if (found < version)
        {
            connection.Execute($"BEGIN IMMEDIATE; {missing(found)} PRAGMA user_version={version}; COMMIT");
        }
    }

    /// <summary>The version of a file's tables; 0 for an empty one.</summary>
    public static int Read(SqliteConnection connection)
    {
        var row = connection.Statement("PRAGMA user_version");
        row.Step();
        var found = row.Int32(0);
        row.Reset();
        return found;
    }
}
