using SQLitePCL;

namespace Infrastructure.Storage.Sqlite;

/// <summary>A prepared statement, used by one thread at a time: bind from 1, step, read columns from 0, reset.</summary>
internal sealed class SqliteStatement(sqlite3 database, sqlite3_stmt statement) : IDisposable
{
    public SqliteStatement Bind(int index, long value)
    {
        Check(raw.sqlite3_bind_int64(statement, index, value));
        return this;
    }

    public SqliteStatement Bind(int index, long? value)
    {
        Check(value is { } number ? raw.sqlite3_bind_int64(statement, index, number) : raw.sqlite3_bind_null(statement, index));
        return this;
    }

    public SqliteStatement Bind(int index, string? value)
    {
        Check(value is null ? raw.sqlite3_bind_null(statement, index) : raw.sqlite3_bind_text(statement, index, value));
        return this;
    }

    public SqliteStatement Bind(int index, ReadOnlySpan<byte> value)
    {
        Check(raw.sqlite3_bind_blob(statement, index, value));
        return this;
    }

    public SqliteStatement Bind(int index, Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return Bind(index, bytes);
    }

    /// <summary>True when there is a row to read, false at the end.</summary>
    public bool Step()
    {
        var result = raw.sqlite3_step(statement);
        if (result == raw.SQLITE_ROW)
        {
            return true;
        }

        if (result != raw.SQLITE_DONE)
        {
            var failure = new SqliteFailureException(result, raw.sqlite3_errmsg(database).utf8_to_string());
            Reset();
            throw failure;
        }

        return false;
    }

    /// <summary>Runs a statement that returns no rows, and resets it for the next use.</summary>
    /// <returns>Number of rows changed.</returns>
    public int Run()
    {
        Step();
        Reset();
        return raw.sqlite3_changes(database);
    }

    /// <summary>Ends reading; a statement that is not reset keeps its snapshot.</summary>
    public void Reset() => _ = raw.sqlite3_reset(statement);

    public long Int64(int column) => raw.sqlite3_column_int64(statement, column);

    public int Int32(int column) => raw.sqlite3_column_int(statement, column);

    public bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    public string Text(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string();

    /// <summary>Valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(statement, column);

    public int BlobLength(int column) => raw.sqlite3_column_bytes(statement, column);

    public Guid Guid(int column) => new(Blob(column), bigEndian: true);

    public void Dispose() => statement.Dispose();

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            throw new SqliteFailureException(result, raw.sqlite3_errmsg(database).utf8_to_string());
        }
    }
}
