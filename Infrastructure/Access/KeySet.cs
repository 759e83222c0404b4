using System.Collections.Frozen;
using Contracts.Access;

namespace Infrastructure.Access;

/// <summary>All keys as they were read last.</summary>
/// <param name="IsKnown">False until the store has answered for the first time.</param>
/// <param name="Keys">By their ids, revoked ones included.</param>
/// <param name="Origins">Those of all publishable keys that are in force.</param>
internal sealed record KeySet(bool IsKnown, FrozenDictionary<string, HeldKey> Keys, FrozenSet<string> Origins)
{
    public static KeySet Unknown { get; } =
        new(IsKnown: false, FrozenDictionary<string, HeldKey>.Empty, FrozenSet<string>.Empty);

    /// <summary>The set with some keys as they are now; the streams of those that are over end.</summary>
    public KeySet With(IEnumerable<ApiKey> changed, DateTimeOffset now)
    {
        var keys = Keys.ToDictionary(StringComparer.Ordinal);
        foreach (var key in changed.Where(key => !(keys.TryGetValue(key.Id, out var held) && held.Key.Version == key.Version)))
        {
            var renewed = new HeldKey(key);
            if (keys.TryGetValue(key.Id, out var before))
            {
                // Whatever changed, its streams are to be opened anew.
                before.End();
            }

            if (renewed.IsOver(now))
            {
                renewed.End();
            }

            keys[key.Id] = renewed;
        }

        return new KeySet(
            IsKnown: true,
            keys.ToFrozenDictionary(StringComparer.Ordinal),
            keys.Values.Where(held => held.Key.RevokedAt is null).SelectMany(held => held.Key.Origins)
                .ToFrozenSet(StringComparer.OrdinalIgnoreCase));
    }
}
