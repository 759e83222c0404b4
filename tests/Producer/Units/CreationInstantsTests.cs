using Producer.Timers;

namespace Tests.Producer.Units;

/// <summary>Contenders for a key are told apart by their instants, whatever the clock says.</summary>
public sealed class CreationInstantsTests
{
    private static readonly DateTimeOffset Noon = new(2030, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Test]
    public async Task No_two_timers_get_the_same_instant_of_a_clock_that_stands_still()
    {
        var instants = new CreationInstants();

        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () => Enumerable.Range(0, 1_000).Select(_ => instants.Take(Noon)).ToList())));

        Assert.That(taken.SelectMany(some => some).Distinct().ToList(), Has.Count.EqualTo(4_000));
        Assert.That(taken.SelectMany(some => some).Max() - Noon, Is.LessThan(TimeSpan.FromMilliseconds(1)));
    }

    [Test]
    public void A_clock_that_goes_on_or_is_set_back_is_followed()
    {
        var instants = new CreationInstants();
        instants.Take(Noon);

        Assert.That(instants.Take(Noon.AddTicks(7)), Is.EqualTo(Noon.AddTicks(7)));
        Assert.That(instants.Take(Noon.AddTicks(3)), Is.EqualTo(Noon.AddTicks(8)), "back by less than a millisecond");
        Assert.That(instants.Take(Noon.AddHours(-1)), Is.EqualTo(Noon.AddHours(-1)));
    }
}
