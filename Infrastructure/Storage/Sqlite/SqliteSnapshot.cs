namespace Infrastructure.Storage.Sqlite;

/// <summary>Several statements that see the same state of the file: what moves between them would be in both, or in none.</summary>
internal static class SqliteSnapshot
{
    /// <summary>Reads within one.</summary>
    /// <param name="connection">Any; within a transaction it is the writer's own state.</param>
    /// <param name="read">What to read; nothing that goes on after it returned.</param>
    public static T Read<T>(SqliteConnection connection, Func<T> read)
    {
        // The first statement within begins the snapshot that the next ones read.
        connection.Statement("SAVEPOINT snapshot").Run();
        try
        {
            return read();
        }
        finally
        {
            connection.Statement("RELEASE snapshot").Run();
        }
    }
}
