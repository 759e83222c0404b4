using Tests.Contract;

namespace Tests.Architecture;

/// <summary>Each slice's log keeps what exact counting rests on: a slice without that suite is noticed.</summary>
public sealed class SuitesTests
{
    [Test]
    public void The_log_of_each_slice_passes_the_contract()
    {
        var covered = from type in typeof(SuitesTests).Assembly.GetTypes()
                      where type is { IsAbstract: false, BaseType.IsGenericType: true }
                      where type.BaseType!.GetGenericTypeDefinition() == typeof(SliceLogContract<>)
                      select type.BaseType!.GetGenericArguments()[0].Namespace!.Split('.')[1];
        Assert.That(covered, Is.EquivalentTo(SliceNames.All));
    }
}
