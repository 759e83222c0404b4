using Tests.Support;

namespace Tests.ClusterSlices;

/// <summary>One cluster for the fixtures that do not mind what else the machine does: they break and mend it in turn.</summary>
/// <remarks>
/// One after the other, on one thread, beside all other fixtures: most of the time such a test waits. The namespace is called so that it
/// begins among the first, being the longest of all.
/// </remarks>
[SetUpFixture]
[Parallelizable]
[SingleThreaded]
public sealed class SharedCluster
{
    public static LazyCluster Instance { get; } = new();

    [OneTimeTearDown]
    public Task EndAsync() => Instance.EndAsync();
}
