using Microsoft.Win32.SafeHandles;

namespace Infrastructure.Storage.Sqlite;

/// <summary>
/// Notices what is done to a database's files behind SQLite's back: deleted, replaced, cut short, or their beginning overwritten.
/// </summary>
/// <remarks>
/// SQLite goes on with what it has in memory and in open files, and all of it would be gone at the next start. A look costs a few
/// microseconds and is taken before and after each transaction. What was lost once stays so until the next start: meanwhile connections
/// may have opened another file under the same name.
/// </remarks>
internal sealed class FileWatch : IDisposable
{
    /// <summary>Bytes of the database's header that never change while it is in use: its name, page size and format.</summary>
    /// <remarks>https://www.sqlite.org/fileformat2.html, section 1.3.</remarks>
    private const int FixedBytes = 24;

    /// <summary>What is read of the beginning: the first page, or several small ones.</summary>
    private const int BeginningBytes = 4_096;

    /// <summary>How often a header that is just being written may be read torn.</summary>
    private const int MaxTorn = 3;

    private readonly Lock gate = new();
    private readonly DamageReport damage;
    private readonly Watched database;
    private readonly Watched log;
    private readonly SafeFileHandle? opened;
    private readonly byte[] beginning = new byte[BeginningBytes];
    private readonly byte[] found = new byte[BeginningBytes];
    private Watched[] files;
    private SafeFileHandle? openedLog;
    private long? shrinksTo;
    private volatile string? loss;

    /// <param name="path">The database, open and with its tables.</param>
    /// <param name="damage">Told of the first loss, once.</param>
    public FileWatch(string path, DamageReport damage)
    {
        this.damage = damage;
        database = new Watched(path);
        log = new Watched(path + "-wal") { MaxKept = SqliteFile.LongLogBytes };
        files = [database, log, new Watched(path + "-shm")];
        opened = OpenedPath.Open(path);
        Read(opened, beginning);
        NoteGrowth();
    }

    /// <summary>Whether what is on the disk is not what was written there: copying more into it would only hide that.</summary>
    public bool IsOverwritten { get; private set; }

    /// <summary>From now on this file is a part of the database, too.</summary>
    /// <param name="path">The file.</param>
    /// <param name="identity">Which one it is; null to take what is there.</param>
    /// <param name="length">Bytes that it has at least.</param>
    public void Add(string path, FileIdentity? identity, long length)
    {
        lock (gate)
        {
            files = [.. files, new Watched(path) { Identity = identity ?? FileIdentity.Of(path), Length = length }];
        }
    }

    /// <summary>The next checkpoint may cut the database to this length, in bytes: SQLite gives space back.</summary>
    public void AllowShrinking(long length)
    {
        lock (gate)
        {
            shrinksTo = length;
            database.Length = Math.Min(database.Length, length);
        }
    }

    /// <summary>After a checkpoint: the database does not become shorter than it is now.</summary>
    public void NoteGrowth()
    {
        lock (gate)
        {
            if (FileIdentity.Find(database.Path) is not { Length: var length })
            {
                return;
            }

            if (length <= shrinksTo)
            {
                shrinksTo = null;
            }

            database.Length = shrinksTo is null ? Math.Max(database.Length, length) : database.Length;
        }
    }

    /// <summary>What has happened to the files, a sentence; null while nothing has.</summary>
    public string? FindLoss()
    {
        if (loss is { } known)
        {
            return known;
        }

        lock (gate)
        {
            if (loss is null && CheckFiles() is { } fault)
            {
                damage.Add(fault);
                loss = fault;
            }

            return loss;
        }
    }

    public void Dispose()
    {
        // Closing any handle of a file gives up all locks that SQLite holds on it, so this comes after SQLite's own.
        opened?.Dispose();
        openedLog?.Dispose();
    }

    private string? CheckFiles()
    {
        foreach (var file in files)
        {
            var there = FileIdentity.Find(file.Path);

            // The log may come with the first write only.
            file.Identity ??= there?.Identity;
            if (there?.Identity != file.Identity)
            {
                return $"{file.Path} was deleted or replaced while the service was running: nothing can be stored until it is restarted.";
            }

            if (there is { Length: var length })
            {
                if (length < file.Length)
                {
                    IsOverwritten = true;
                    return $"{file.Path} was cut from {file.Length} to {length} bytes while the service was running: "
                        + $"nothing can be stored. {Advice()}";
                }

                if (file.MaxKept is { } kept)
                {
                    file.Length = Math.Min(length, kept);
                }
            }
        }

        if (FindOverwritten() is not { } overwritten)
        {
            return null;
        }

        IsOverwritten = true;
        return $"The beginning of {overwritten} was overwritten while the service was running: nothing can be stored. {Advice()}";
    }

    private string Advice() => $"Stop it and run: timers check {Path.GetDirectoryName(database.Path)}";

    private string? FindOverwritten()
    {
        if (log.Length >= WriteAheadLog.MinBytes)
        {
            openedLog ??= OpenedPath.Open(log.Path);
            for (var i = 1; Read(openedLog, found) is { } bytes; i++)
            {
                if (bytes >= WriteAheadLog.HeaderBytes && WriteAheadLog.IsHeader(found))
                {
                    break;
                }

                if (i == MaxTorn)
                {
                    return log.Path;
                }
            }
        }

        if (Read(opened, found) is not { } length)
        {
            return null;
        }

        if (length < FixedBytes || !found.AsSpan(0, FixedBytes).SequenceEqual(beginning.AsSpan(0, FixedBytes)))
        {
            return database.Path;
        }

        if (!found.AsSpan().SequenceEqual(beginning))
        {
            // A checkpoint has written it, as a rule: then what a start would read makes sense.
            if (!CanStart())
            {
                return database.Path;
            }

            found.CopyTo(beginning, 0);
        }

        return null;
    }

    /// <summary>Whether a new connection finds the tables.</summary>
    private bool CanStart()
    {
        try
        {
            using var connection = new SqliteConnection(database.Path, readOnly: true);
            return connection.Statement("SELECT count(*) FROM sqlite_schema").Step();
        }
        catch (SqliteFailureException failure)
        {
            return !failure.IsDamage;
        }
    }

    /// <returns>
    /// Number of bytes from the beginning; null if they cannot be read, which is no damage: who needs them is told.
    /// </returns>
    private static int? Read(SafeFileHandle? file, Span<byte> into)
    {
        try
        {
            return file is null ? null : RandomAccess.Read(file, into, 0);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private sealed class Watched(string path)
    {
        public string Path { get; } = path;

        /// <summary>Which file it is; null until it is there.</summary>
        public FileIdentity? Identity { get; set; } = FileIdentity.Of(path);

        /// <summary>Bytes that it has at least.</summary>
        public long Length { get; set; }

        /// <summary>Bytes of which none are ever taken away, if it grows by itself; null if it is told how long it is.</summary>
        public long? MaxKept { get; init; }
    }
}
