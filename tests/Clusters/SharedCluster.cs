namespace Tests.Clusters;

/// <summary>One cluster for all fixtures that break and mend it in turn: to start one takes longer than most tests.</summary>
/// <remarks>
/// One after the other, on one thread, beside all other fixtures that have processes of their own: most of the time such a test waits. The
/// namespace is called so that it begins among the first, being the longest of all.
/// </remarks>
[SetUpFixture]
[Parallelizable]
[SingleThreaded]
public sealed class SharedCluster
{
    private static Support.Cluster? cluster;

    /// <summary>Two of each program on Kafka, MongoDB and Redis.</summary>
    public static async Task<Support.Cluster> GetAsync() => cluster ??= await Support.Cluster.StartAsync(each: 2);

    [OneTimeTearDown]
    public async Task EndAsync()
    {
        if (cluster is { } ended)
        {
            cluster = null;
            await ended.DisposeAsync();
        }
    }
}
