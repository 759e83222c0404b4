namespace Tests.EndToEnd.Cluster;

/// <summary>One cluster for all fixtures that break and mend it in turn: to start one takes longer than most tests.</summary>
[SetUpFixture]
public sealed class SharedCluster
{
    private static Support.Cluster? cluster;

    /// <summary>Two of each program on Kafka, MongoDB and Redis.</summary>
    public static async Task<Support.Cluster> GetAsync() => cluster ??= await Support.Cluster.StartAsync(each: 2);

    /// <summary>Ends it before its time: who starts another cluster needs the processors for that one.</summary>
    public static async Task EndNowAsync()
    {
        if (cluster is { } ended)
        {
            cluster = null;
            await ended.DisposeAsync();
        }
    }

    [OneTimeTearDown]
    public Task EndAsync() => EndNowAsync();
}
