namespace Producer.Live;

/// <summary>What a client watches: one key, one group, or everything.</summary>
/// <param name="Key">The key; null for more than one.</param>
/// <param name="Group">The group; null for all.</param>
internal sealed record LiveFilter(string? Key, string? Group)
{
    /// <summary>What this client is told of a change; null for nothing.</summary>
    /// <param name="value">The state now.</param>
    /// <param name="left">The groups that it has left.</param>
    public LiveValue? Apply(LiveValue value, LeftGroups left)
    {
        if (Key is not null)
        {
            return value.Key == Key ? value : null;
        }

        return Group is null || value.Groups.Contains(Group, StringComparer.Ordinal) ? value
            : left.Has(Group) ? LiveValue.Gone(value.Key) : null;
    }
}
