using Tests.Support;

namespace Tests.ClusterSlices;

/// <summary>One cluster for the fixtures that do not mind what else the machine does: they break and mend it in turn.</summary>
[SetUpFixture]
public sealed class SharedCluster
{
    public static LazyCluster Instance { get; } = new();

    [OneTimeTearDown]
    public Task EndAsync() => Instance.EndAsync();
}
