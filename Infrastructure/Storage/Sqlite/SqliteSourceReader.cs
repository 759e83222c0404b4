using Contracts.Common;
using Contracts.Events;

namespace Infrastructure.Storage.Sqlite;

/// <summary>Reads where rows came from; most rows of a read have one log, which is looked up once.</summary>
internal sealed class SqliteSourceReader(SqliteConnection connection)
{
    private (long Log, LogPosition Position)? log;

    /// <summary>The source in three columns: log, offset, place in the message.</summary>
    /// <param name="row">A statement that stands on a row.</param>
    /// <param name="column">The index of the first of the three columns.</param>
    public EventSource Read(SqliteStatement row, int column = 0)
    {
        if (log?.Log != row.Int64(column))
        {
            log = (row.Int64(column), SqliteSources.PositionOf(connection, row.Int64(column), offset: 0));
        }

        return new EventSource(log.Value.Position with { Offset = row.Int64(column + 1) }, row.Int32(column + 2));
    }
}
