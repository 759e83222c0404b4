using Contracts.Timers;

namespace Infrastructure.Timers.Mongo;

/// <summary>Claims whose reply was lost: the store may have carried them out, or may still do so.</summary>
/// <remarks>
/// Nobody holds what such a claim armed, and its Runner's lease is live, so no reaper takes it back. The rows are looked
/// for again and again; a token is forgotten after searches over ten minutes, far longer than a command outlives its connection.
/// </remarks>
internal sealed class AbandonedClaims(TimeProvider time)
{
    private static readonly TimeSpan SearchedFor = TimeSpan.FromMinutes(10);

    private readonly Lock gate = new();
    private readonly List<(Guid Runner, ClaimToken Token, long Since)> claims = [];

    public void Add(Guid runner, ClaimToken token)
    {
        lock (gate)
        {
            claims.Add((runner, token, time.GetTimestamp()));
        }
    }

    /// <summary>The claims to search for, by Runner.</summary>
    public ILookup<Guid, ClaimToken> Read()
    {
        lock (gate)
        {
            return claims.ToLookup(claim => claim.Runner, claim => claim.Token);
        }
    }

    /// <summary>A search began at that timestamp, reached the store, and nothing is left of them: the oldest are forgotten.</summary>
    public void Searched(long since)
    {
        lock (gate)
        {
            claims.RemoveAll(claim => time.GetElapsedTime(claim.Since, since) > SearchedFor);
        }
    }
}
