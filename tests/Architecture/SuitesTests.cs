using System.Reflection;
using Contracts.Messaging;
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

        // A slice without messages has no log yet; its first message brings it here.
        var withLog = from type in Assembly.Load("Contracts").GetTypes()
                      where type.GetProperties(BindingFlags.Public | BindingFlags.Static).Any(property =>
                          property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(MessageType<>))
                      select type.Namespace!.Split('.')[1];
        var slices = withLog.Intersect(SliceNames.All).ToList();
        Assert.That(slices, Is.SupersetOf(new[] { "Timers", "Devices", "Sites", "Revenue", "Items" }), "they are seen");
        Assert.That(covered, Is.EquivalentTo(slices));
    }
}
