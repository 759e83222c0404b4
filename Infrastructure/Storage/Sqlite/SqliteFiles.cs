using Infrastructure.Hosting;
using Microsoft.Extensions.Logging;

namespace Infrastructure.Storage.Sqlite;

/// <summary>The SQLite files of this process, one per slice.</summary>
internal sealed class SqliteFiles(DataFolder folder, ILogger<DamageReport> logger) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, SqliteFile> files = new(StringComparer.Ordinal);

    /// <summary>Opens a slice's file, or returns it if it is open already.</summary>
    /// <param name="slice">Name of the slice, and of its file without <c>.db</c>.</param>
    /// <param name="schema">Creates or upgrades the tables, on a fresh connection.</param>
    /// <param name="tuning">What it is made for; <see cref="SqliteTuning.Prompt"/> by default.</param>
    /// <exception cref="StartupException">The file cannot be used.</exception>
    public SqliteFile Open(string slice, Action<SqliteConnection> schema, SqliteTuning? tuning = null)
    {
        lock (gate)
        {
            if (!files.TryGetValue(slice, out var file))
            {
                var path = folder.FileFor(slice);
                if (WriteAheadLog.FindDamage(path) is { } damage)
                {
                    throw new StartupException($"{damage} Restore the folder from a backup (docs/guides/backup.md).");
                }

                try
                {
                    files[slice] = file = new SqliteFile(path, schema, new DamageReport(logger), tuning);
                    if (folder.LockFile is { } held)
                    {
                        file.Watch(held.Path, held.Identity);
                    }

                    folder.Remember(slice);
                }
                catch (Exception error) when (error is SqliteFailureException or InvalidOperationException)
                {
                    throw new StartupException($"The stored {slice} in {path} cannot be used: {error.Message}", error);
                }
            }

            return file;
        }
    }

    public void Dispose()
    {
        foreach (var file in files.Values)
        {
            file.Dispose();
        }
    }
}
