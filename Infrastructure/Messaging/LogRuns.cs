namespace Infrastructure.Messaging;

/// <summary>Splits a batch into runs for one handler each.</summary>
internal static class LogRuns
{
    /// <summary>
    /// Runs of one type each. Within a partition no message overtakes another: one that follows another type is in a later run.
    /// </summary>
    /// <remarks>Runs of different partitions are merged: interleaved types cost extra runs only within a partition.</remarks>
    public static IReadOnlyList<IReadOnlyList<T>> Of<T>(IReadOnlyList<T> entries)
        where T : LogEntry
    {
        if (entries.Count == 0 || IsUniform(entries))
        {
            return entries.Count == 0 ? [] : [entries];
        }

        var runs = new List<List<T>>();
        var latest = new Dictionary<int, int>();
        foreach (var entry in entries)
        {
            // The first run of its type that is not before the partition's latest one.
            var index = latest.GetValueOrDefault(entry.Position.Partition);
            while (index < runs.Count && runs[index][0].Route != entry.Route)
            {
                index++;
            }

            if (index == runs.Count)
            {
                runs.Add([]);
            }

            runs[index].Add(entry);
            latest[entry.Position.Partition] = index;
        }

        return runs;
    }

    private static bool IsUniform<T>(IReadOnlyList<T> entries)
        where T : LogEntry
    {
        for (var i = 1; i < entries.Count; i++)
        {
            if (entries[i].Route != entries[0].Route)
            {
                return false;
            }
        }

        return true;
    }
}
