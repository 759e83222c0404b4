using Contracts.Common;
using Infrastructure.Messaging;

namespace Infrastructure.Storage.Sqlite;

/// <summary>The positions of an embedded log, in the file that holds the effects of its messages.</summary>
internal sealed class SqliteLog : ILogFile
{
    /// <summary>More than are in progress at once.</summary>
    private const int Remembered = 32_768;

    private readonly SqliteWriter writer;

    /// <summary>Messages that were new, each in the place of its offset, one more than which is there.</summary>
    private readonly long[] news = new long[Remembered];

    /// <param name="connection">The writer's connection, before it is in use.</param>
    /// <param name="writer">The file's writer.</param>
    public SqliteLog(SqliteConnection connection, SqliteWriter writer)
    {
        this.writer = writer;
        connection.Execute("CREATE TABLE IF NOT EXISTS log (epoch BLOB NOT NULL, next INTEGER NOT NULL)");
        var row = connection.Statement("SELECT epoch, next FROM log");
        if (!row.Step())
        {
            row.Reset();
            connection.Statement("INSERT INTO log (epoch, next) VALUES (?1, 0)").Bind(1, Guid.NewGuid()).Run();
            row.Step();
        }

        (Epoch, Next) = (row.Guid(0), row.Int64(1));
        row.Reset();
    }

    /// <inheritdoc />
    public Guid Epoch { get; }

    /// <inheritdoc />
    public long Next { get; }

    /// <inheritdoc />
    public int MaxBatch => writer.MaxRows;

    /// <inheritdoc />
    public bool WasNew(long offset) => Volatile.Read(ref news[offset % Remembered]) == offset + 1;

    /// <summary>Remembers for a while that a message was stored, and that nothing that it carries had been there before.</summary>
    /// <param name="source">Where its effects are counted as coming from: not its position if it comes once more.</param>
    /// <param name="position">Its position; ignored if it belongs to another log.</param>
    public void NoteNew(LogPosition source, LogPosition position)
    {
        if (source == position && position.Epoch == Epoch)
        {
            Volatile.Write(ref news[position.Offset % Remembered], position.Offset + 1);
        }
    }

    /// <summary>Marks the offsets of stored messages as used, in the transaction that stores their effects.</summary>
    /// <param name="connection">The connection of that transaction.</param>
    /// <param name="position">Position of the last message; ignored if it belongs to another log.</param>
    public void Advance(SqliteConnection connection, LogPosition position)
    {
        if (position.Epoch == Epoch)
        {
            connection.Statement("UPDATE log SET next = ?1 WHERE next < ?1").Bind(1, position.Offset + 1).Run();
        }
    }

    /// <inheritdoc />
    public Task UseUpAsync(long offset, CancellationToken cancellationToken) => writer.RunAsync(
        WritePriority.Ingest,
        rows: 1,
        connection =>
        {
            Advance(connection, new LogPosition(Epoch, 0, offset));
            return true;
        },
        cancellationToken);
}
