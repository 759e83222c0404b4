namespace Producer.Live;

/// <summary>The groups, such as tags, that something has left: their watchers forget it, and nobody else hears of that.</summary>
internal sealed class LeftGroups
{
    private readonly HashSet<string>? names;

    private LeftGroups(HashSet<string>? names) => this.names = names;

    /// <summary>None.</summary>
    public static LeftGroups None { get; } = new([]);

    /// <summary>Nobody knows which, so it may be any.</summary>
    public static LeftGroups Any { get; } = new(null);

    public bool Has(string group) => names?.Contains(group) != false;

    /// <summary>These and more.</summary>
    public LeftGroups With(IReadOnlyCollection<string> groups) => names is null || groups.Count == 0 ? this
        : new LeftGroups(new HashSet<string>(names.Concat(groups), StringComparer.Ordinal));
}
