using System.Collections.Concurrent;

namespace Runner.Events;

/// <summary>What the latest comparison of each slice has found.</summary>
internal sealed class DriftFindings
{
    private readonly ConcurrentDictionary<string, string> found = new(StringComparer.Ordinal);

    /// <summary>What differs, a sentence each; null where nothing does.</summary>
    public string? Summary => found.IsEmpty ? null : string.Join(' ', found.OrderBy(each => each.Key).Select(each => each.Value));

    public void Tell(string slice, List<string> drifted)
    {
        if (drifted.Count == 0)
        {
            found.TryRemove(slice, out _);
        }
        else
        {
            found[slice] = drifted.Count == 1 ? drifted[0] : $"{drifted[0]} There are {drifted.Count - 1} more, see the log.";
        }
    }
}
