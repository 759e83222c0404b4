namespace Infrastructure.Caching;

/// <summary>Jitter: entries stored together must not expire together, or the store would be asked for all of them at once.</summary>
internal static class Lifetimes
{
    private const double Share = 0.2;

    public static TimeSpan Jittered(TimeSpan lifetime) => lifetime * (1 - Share + (2 * Share * Random.Shared.NextDouble()));
}
