namespace Tests.Support;

/// <summary>Two of each program on Kafka, MongoDB and Redis, for all fixtures of a namespace; the first one that asks starts it.</summary>
public sealed class LazyCluster
{
    private Cluster? cluster;

    public async Task<Cluster> GetAsync() => cluster ??= await Cluster.StartAsync(each: 2);

    /// <summary>Ends it, if it was started.</summary>
    public async Task EndAsync()
    {
        if (cluster is { } ended)
        {
            cluster = null;
            await ended.DisposeAsync();
        }
    }
}
