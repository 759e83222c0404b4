using Contracts.Live;

namespace Producer.Live;

/// <summary>Keys that have changed since somebody has looked, however often. Bounded: beyond, anything may have changed.</summary>
internal sealed class LiveChanges
{
    private const int MaxKeys = 10_000;

    private readonly Dictionary<string, LeftGroups> keys = new(StringComparer.Ordinal);

    /// <summary>The keys, and which groups each has left.</summary>
    public IReadOnlyDictionary<string, LeftGroups> Keys => keys;

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
            keys.TryAdd(key, LeftGroups.None);
        }

        foreach (var key in notice.Regrouped ?? [])
        {
            keys[key] = LeftGroups.Any;
        }

        foreach (var (key, groups) in notice.Left ?? new Dictionary<string, IReadOnlyList<string>>())
        {
            keys[key] = keys.GetValueOrDefault(key, LeftGroups.None).With(groups);
        }
    }
}
