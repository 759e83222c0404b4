using Contracts.Common;
using Tests.Support;

namespace Tests.Contracts;

public sealed class InstantsTests
{
    [TestCase(0, 0)]
    [TestCase(1, TimeSpan.TicksPerMillisecond)]
    [TestCase(TimeSpan.TicksPerMillisecond - 1, TimeSpan.TicksPerMillisecond)]
    [TestCase(TimeSpan.TicksPerMillisecond, TimeSpan.TicksPerMillisecond)]
    [TestCase(TimeSpan.TicksPerMillisecond + 1, 2 * TimeSpan.TicksPerMillisecond)]
    public void CeilingToMilliseconds_rounds_up_and_never_down(long ticks, long expected) =>
        Assert.That(Instants.CeilingToMilliseconds(Clocks.Noon.AddTicks(ticks)), Is.EqualTo(Clocks.Noon.AddTicks(expected)));

    [Test]
    public void CeilingToMilliseconds_with_another_offset_is_the_same_instant()
    {
        var elsewhere = Clocks.Noon.AddTicks(1).ToOffset(TimeSpan.FromMinutes(345));

        Assert.That(Instants.CeilingToMilliseconds(elsewhere).UtcTicks, Is.EqualTo(Clocks.Noon.AddMilliseconds(1).UtcTicks));
    }
}
