namespace Infrastructure.Caching;

/// <summary>What came together must not go together: the store would be asked for all of it at once.</summary>
internal static class Lifetimes
{
    private const double Share = 0.2;

    public static TimeSpan Jittered(TimeSpan lifetime) => lifetime * (1 - Share + (2 * Share * Random.Shared.NextDouble()));
}
