namespace Contracts.Common;

/// <summary>
/// Counts different hashes: exactly up to a number, and by a sketch beyond, so that its memory is bounded.
/// </summary>
/// <remarks>Two things whose 64-bit hashes are the same count as one; among 100,000 the chance of any such pair is 3 in 10^10.</remarks>
/// <param name="maxExact">The largest number that is counted exactly.</param>
public sealed class UniqueCounter(int maxExact = UniqueCounter.MaxExact)
{
    /// <summary>The largest number that services count exactly.</summary>
    public const int MaxExact = 100_000;

    private HashSet<long>? exact = [];
    private HyperLogLog? sketch;

    /// <summary>Whether <see cref="Count"/> is exact.</summary>
    public bool IsExact => exact is not null;

    /// <summary>How many different ones there were.</summary>
    public long Count => exact?.Count ?? sketch!.Estimate();

    /// <summary>Adds a hash, all of whose bits are as good as random.</summary>
    public void Add(long hash)
    {
        if (exact is null)
        {
            sketch!.Add(hash);
        }
        else if (exact.Add(hash) && exact.Count > maxExact)
        {
            Open();
        }
    }

    /// <summary>Adds what a sketch was given: it stands for more than can be counted exactly.</summary>
    public void Add(HyperLogLog other)
    {
        Open();
        sketch!.Merge(other);
    }

    private void Open()
    {
        if (sketch is not null)
        {
            return;
        }

        sketch = new HyperLogLog();
        foreach (var hash in exact!)
        {
            sketch.Add(hash);
        }

        exact = null;
    }
}
