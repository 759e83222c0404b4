using Contracts.Storage;
using SQLitePCL;

namespace Infrastructure.Storage.Sqlite;

/// <summary>A result code of SQLite other than OK.</summary>
internal sealed class SqliteFailureException(int code, string message) : Exception($"SQLite {code}: {message}")
{
    /// <summary>The primary result code (https://www.sqlite.org/rescode.html).</summary>
    public int Code { get; } = code & 0xFF;

    /// <summary>Whether it speaks of what was to be written, or of our statement: a repetition fails as well.</summary>
    public bool IsDefect => Code is raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE;

    /// <summary>Whether the file itself is damaged.</summary>
    public bool IsDamage => Code is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    /// <summary>The exception that the port promises.</summary>
    /// <param name="committing">True when COMMIT itself failed.</param>
    public StoreUnavailableException ToUnavailable(bool committing)
    {
        var reason = Code switch
        {
            raw.SQLITE_FULL => "The disk that holds the data is full.",
            raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_CANTOPEN => "The data cannot be written.",
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "The data is locked by another program.",
            raw.SQLITE_CORRUPT => "The data file is damaged.",
            raw.SQLITE_NOTADB => "The data file is not one of this service, or its beginning is damaged.",
            raw.SQLITE_IOERR => "The disk that holds the data reports errors.",
            _ => "The data cannot be read or written.",
        };

        // After a failed sync the file may hold a whole commit, which a recovery would find; after a full disk it cannot.
        var outcome = committing && Code is not (raw.SQLITE_FULL or raw.SQLITE_BUSY) ? WriteOutcome.Unknown : WriteOutcome.Refused;
        return new StoreUnavailableException(outcome, reason, this);
    }
}
