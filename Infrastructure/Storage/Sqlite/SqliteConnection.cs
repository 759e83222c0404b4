using System.Runtime.CompilerServices;
using SQLitePCL;

namespace Infrastructure.Storage.Sqlite;

/// <summary>One connection with its prepared statements; used by one thread at a time.</summary>
/// <remarks>
/// Calls SQLite's own interface directly: rows are bound and read without boxing, parameter objects or copies, on which batches of a
/// thousand small rows would otherwise spend their time (docs/adr/0002).
/// </remarks>
internal sealed class SqliteConnection : IDisposable
{
    /// <summary>How long to wait for a lock that another program holds.</summary>
    public const int BusyMilliseconds = 5_000;

    private readonly sqlite3 database;

    // Compared by reference: the SQL texts are constants, and hashing them would cost more than running them.
    private readonly Dictionary<string, SqliteStatement> statements = new(ReferenceComparer.Instance);

    static SqliteConnection() => _ = SqliteLibrary.Version;

    public SqliteConnection(string file, bool readOnly)
    {
        var access = readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE;
        var result = raw.sqlite3_open_v2(file, out database, access | raw.SQLITE_OPEN_NOMUTEX, vfs: null);
        if (result != raw.SQLITE_OK)
        {
            database.Dispose();
            throw new SqliteFailureException(result, $"cannot open {file}");
        }

        _ = raw.sqlite3_busy_timeout(database, BusyMilliseconds);
    }

    /// <summary>False inside a transaction; a full disk may end one by itself.</summary>
    public bool IsAutoCommit => raw.sqlite3_get_autocommit(database) != 0;

    public long LastInsertRowId => raw.sqlite3_last_insert_rowid(database);

    /// <summary>The statement for this text, prepared once.</summary>
    public SqliteStatement Statement(string sql)
    {
        if (!statements.TryGetValue(sql, out var statement))
        {
            statements[sql] = statement = Prepare(sql);
        }

        return statement;
    }

    /// <summary>Runs one or more statements that return no rows.</summary>
    public void Execute(string sql)
    {
        var result = raw.sqlite3_exec(database, sql);
        if (result != raw.SQLITE_OK)
        {
            throw new SqliteFailureException(result, raw.sqlite3_errmsg(database).utf8_to_string());
        }
    }

    /// <summary>
    /// Resets all statements after a failure in the middle of reading: otherwise they would keep their snapshot and refuse the next use.
    /// </summary>
    public void ResetAll()
    {
        foreach (var statement in statements.Values)
        {
            statement.Reset();
        }
    }

    /// <summary>Closing it, as the last connection of its file, does not copy the log into the file.</summary>
    public void LeaveLog() => _ = raw.sqlite3_db_config(database, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);

    public void Dispose()
    {
        foreach (var statement in statements.Values)
        {
            statement.Dispose();
        }

        database.Dispose();
    }

    private SqliteStatement Prepare(string sql)
    {
        var result = raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out var prepared);
        return result == raw.SQLITE_OK
            ? new SqliteStatement(database, prepared)
            : throw new SqliteFailureException(result, raw.sqlite3_errmsg(database).utf8_to_string());
    }

    private sealed class ReferenceComparer : IEqualityComparer<string>
    {
        public static readonly ReferenceComparer Instance = new();

        public bool Equals(string? x, string? y) => ReferenceEquals(x, y);

        public int GetHashCode(string obj) => RuntimeHelpers.GetHashCode(obj);
    }
}
