using Tests.Support;

namespace Tests.Clusters;

/// <summary>One cluster for the fixtures that measure how late timers are: to start one takes longer than most tests.</summary>
[SetUpFixture]
public sealed class SharedCluster
{
    public static LazyCluster Instance { get; } = new();

    [OneTimeTearDown]
    public Task EndAsync() => Instance.EndAsync();
}
