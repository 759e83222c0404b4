namespace Infrastructure.Storage.Sqlite;

/// <summary>Checks a data folder, with or without a service that uses it. Changes nothing in its files.</summary>
public static class FolderCheck
{
    /// <summary>How much of one file is told.</summary>
    private const int MaxTold = 100;

    /// <summary>How often damage in a file that is being written is checked again.</summary>
    private const int MaxRechecks = 3;

    private static readonly byte[] Header = "SQLite format 3\0"u8.ToArray();

    /// <summary>Checks each file of the folder.</summary>
    /// <param name="folder">The folder, <c>Storage:Path</c> of the service.</param>
    /// <param name="slices">What is known of the slices' rows.</param>
    /// <returns>Each file, with what is wrong with it: nothing if it is whole.</returns>
    /// <exception cref="IOException">The folder does not exist, cannot be read, or holds no file of the service.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static IEnumerable<(string File, IReadOnlyList<string> Faults)> Run(string folder, IReadOnlyList<SliceCheck> slices)
    {
        var known = DataFolder.ReadKnown(folder, out var isInUse);
        var files = Directory.EnumerateFiles(folder, "*.db").Select(Path.GetFileNameWithoutExtension).OfType<string>()
            .Union(known, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (files.Count == 0)
        {
            throw new IOException($"{Path.GetFullPath(folder)} holds no data of a Timers service.");
        }

        return files.Select(slice => (
            $"{slice}.db",
            (IReadOnlyList<string>)[.. Check(
                Path.Combine(folder, $"{slice}.db"), isInUse, slices.FirstOrDefault(each => each.Slice == slice)).Take(MaxTold)]));
    }

    private static IEnumerable<string> Check(string path, bool isInUse, SliceCheck? slice)
    {
        var beside = slice is null ? [] : CheckBeside(path, isInUse, slice);
        if (FindForeign(path) is { } foreign)
        {
            return [foreign, .. beside];
        }

        // What a running service has just written to its log may be half there.
        var log = isInUse ? null : WriteAheadLog.FindDamage(path);
        return [.. log is null ? [] : (string[])[log], .. CheckDatabase(path, slice), .. beside];
    }

    private static List<string> CheckBeside(string path, bool isInUse, SliceCheck slice)
    {
        // A running service overwrites what it no longer needs: that is no damage, and is different a moment later.
        var faults = slice.FindBeside(path).ToList();
        for (var again = 0; isInUse && faults.Count > 0 && again < MaxRechecks; again++)
        {
            faults = [.. faults.Intersect(slice.FindBeside(path), StringComparer.Ordinal)];
        }

        return faults;
    }

    private static string? FindForeign(string path)
    {
        if (new FileInfo(path) is not { Exists: true, Length: > 0 } file)
        {
            return $"It is {(File.Exists(path) ? "empty" : "missing")}, though it held data before.";
        }

        using var stream = file.Open(FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var start = new byte[Header.Length];
        return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.AsSpan().SequenceEqual(Header)
            ? null
            : "It is no database of this service, or its beginning is damaged.";
    }

    private static List<string> CheckDatabase(string path, SliceCheck? slice)
    {
        var faults = new List<string>();
        try
        {
            using var connection = new SqliteConnection(path, readOnly: true);
            var rows = connection.Statement("PRAGMA integrity_check(100)");
            while (rows.Step())
            {
                if (rows.Text(0) is not "ok" and var fault)
                {
                    faults.Add(fault);
                }
            }

            rows.Reset();
            if (faults.Count == 0 && slice is not null)
            {
                faults.AddRange(slice.Find(connection).Take(MaxTold));
            }
        }
        catch (SqliteFailureException failure)
        {
            faults.Add($"{failure.Message}.");
        }

        return faults;
    }
}
