namespace Contracts.Access;

/// <summary>
/// What a key allows: <c>read</c>, <c>write</c> and <c>control</c> for all slices or, as <c>timers:read</c>, for one; <c>metrics</c>; and
/// <c>admin</c>, which includes all others.
/// </summary>
public sealed class KeyScopes
{
    /// <summary>Maximum number of scopes of a key.</summary>
    public const int MaxCount = 32;

    private readonly int all;
    private readonly Dictionary<string, int> slices = new(StringComparer.Ordinal);

    /// <param name="scopes">As they are stored; one that is not known allows nothing.</param>
    public KeyScopes(IEnumerable<string> scopes)
    {
        ArgumentNullException.ThrowIfNull(scopes);
        foreach (var scope in scopes)
        {
            if (TryParse(scope, out var slice, out var verb))
            {
                if (slice is null)
                {
                    all |= Bit(verb);
                }
                else
                {
                    slices[slice] = slices.GetValueOrDefault(slice) | Bit(verb);
                }
            }
        }
    }

    /// <summary>Allows everything.</summary>
    public static KeyScopes Everything { get; } = new(["admin"]);

    /// <summary>Whether it includes all others.</summary>
    public bool IsAdmin => (all & Bit(KeyVerb.Admin)) != 0;

    /// <summary>A scope as it is written.</summary>
    /// <param name="slice">Null for all.</param>
    /// <param name="verb">What is allowed.</param>
    public static string Write(string? slice, KeyVerb verb)
    {
        var word = verb.ToString().ToLowerInvariant();
        return slice is null ? word : $"{slice}:{word}";
    }

    /// <summary>Reads one scope; whether there is such a slice is not known here.</summary>
    public static bool TryParse(string scope, out string? slice, out KeyVerb verb)
    {
        ArgumentNullException.ThrowIfNull(scope);
        var colon = scope.IndexOf(':', StringComparison.Ordinal);
        slice = colon < 0 ? null : scope[..colon];
        (var isKnown, verb) = scope[(colon + 1)..] switch
        {
            "read" => (true, KeyVerb.Read),
            "write" => (true, KeyVerb.Write),
            "control" => (true, KeyVerb.Control),
            "admin" => (colon < 0, KeyVerb.Admin),
            "metrics" => (colon < 0, KeyVerb.Metrics),
            _ => (false, default),
        };
        return isKnown && slice is not "";
    }

    /// <summary>Whether something may be done.</summary>
    /// <param name="slice">With what; null for something that belongs to no slice.</param>
    /// <param name="verb">What.</param>
    public bool Allows(string? slice, KeyVerb verb) =>
        (all & (Bit(verb) | Bit(KeyVerb.Admin))) != 0 || (slice is not null && (slices.GetValueOrDefault(slice) & Bit(verb)) != 0);

    /// <summary>Whether something may be done with at least one slice.</summary>
    public bool AllowsAny(KeyVerb verb) =>
        (all & (Bit(verb) | Bit(KeyVerb.Admin))) != 0 || slices.Values.Any(bits => (bits & Bit(verb)) != 0);

    private static int Bit(KeyVerb verb) => 1 << (int)verb;
}
