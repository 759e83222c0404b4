using Contracts.Live;

namespace Producer.Live;

/// <summary>Keys that have changed since somebody has looked, however often. Bounded: beyond, anything may have changed.</summary>
internal sealed class LiveChanges
{
    private const int MaxKeys = 10_000;

    private readonly Dictionary<string, bool> keys = new(StringComparer.Ordinal);

    /// <summary>The keys, and whether each may have left a group.</summary>
    public IReadOnlyDictionary<string, bool> Keys => keys;

    /// <summary>Whether anything may have changed.</summary>
    public bool IsAll { get; private set; }

    /// <summary>The position of the last change in it; null if there is none.</summary>
    public string? Position { get; private set; }

    public void Add(LiveChange change)
    {
        Position = change.Position;
        var notice = LiveNotice.Read(change);
        if (IsAll || notice.Keys is null || keys.Count + notice.Keys.Count > MaxKeys)
        {
            IsAll = true;
            keys.Clear();
            return;
        }

        foreach (var key in notice.Keys)
        {
            keys.TryAdd(key, false);
        }

        foreach (var key in notice.Regrouped ?? [])
        {
            keys[key] = true;
        }
    }
}
