namespace Infrastructure.Hosting;

/// <summary>Finds what a misspelt name was meant to be.</summary>
internal static class NearestName
{
    /// <summary>The name with the fewest letters to insert, drop, replace or swap: a third of the slip's at most, and three.</summary>
    /// <returns>Null if none is that near, or the slip is one of them but for its case.</returns>
    public static string? Find(string slip, IEnumerable<string> names)
    {
        var max = Math.Clamp(slip.Length / 3, 1, 3);
        return names.Select(name => (Name: name, Distance: Distance(slip.ToUpperInvariant(), name.ToUpperInvariant())))
            .Where(near => near.Distance <= max)
            .OrderBy(near => near.Distance)
            .FirstOrDefault() is { Distance: > 0 } found ? found.Name : null;
    }

    /// <summary>Levenshtein's distance, with two letters that changed places as one step (optimal string alignment).</summary>
    private static int Distance(string one, string other)
    {
        var rows = new int[one.Length + 1, other.Length + 1];
        for (var i = 0; i <= one.Length; i++)
        {
            for (var j = 0; j <= other.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    rows[i, j] = i + j;
                    continue;
                }

                var replaced = rows[i - 1, j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(replaced, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[one.Length, other.Length];
    }
}
