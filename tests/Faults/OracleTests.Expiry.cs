namespace Tests.Faults;

/// <content>Timers that expire.</content>
public sealed partial class OracleTests
{
    [Test]
    public void What_arrives_before_its_expiry_breaks_nothing_and_after_it_does()
    {
        Assert.That(Judge([Expiring(5)], [Arrived(4.9)]), Is.Empty);
        Assert.That(Judge([Expiring(5)], [Arrived(7)]), Is.EqualTo(new[] { Wrong.AfterExpiry }));
    }

    [TestCase(5, true)]
    [TestCase(15, false)]
    public void An_expiry_excuses_no_more_than_the_budget_for_lateness(double end, bool isExcused) =>
        Assert.That(Judge([Expiring(end)], []), Is.EqualTo(isExcused ? new List<Wrong>() : [Wrong.Lost]));

    [Test]
    public void An_outage_until_the_expiry_excuses_that_it_was_not_delivered()
    {
        var outage = new Fault("outage", Noon.AddSeconds(-5), Noon.AddSeconds(25), Doubt.Nothing);

        Assert.That(Judge([Expiring(15)], [], outage), Is.Empty);
    }

    [Test]
    public void A_timer_that_was_moved_expires_by_its_last_promise() =>
        Assert.That(
            Judge([Expiring(5), Moved(at: -1, due: 6) with { ExpiresAt = Noon.AddSeconds(8) }], [Arrived(7, due: 6)]), Is.Empty);

    [Test]
    public void Expired_without_an_expiry_before_it_or_after_a_success_is_wrong()
    {
        var seen = new[] { new Seen(Id, "expired", Mark) };
        var end = Noon.AddSeconds(5);

        Assert.That(Judge(new Evidence([Created()], [Arrived(0, status: 500)]) { Seen = seen }), Does.Contain(Wrong.AttemptsOffSchedule));
        Assert.That(
            Judge(new Evidence([Expiring(5)], []) { Seen = seen, AsOf = end.AddSeconds(-1) }), Does.Contain(Wrong.AttemptsOffSchedule));
        Assert.That(Judge(new Evidence([Expiring(5)], [Arrived(0)]) { Seen = seen }), Does.Contain(Wrong.AttemptsOffSchedule));
        Assert.That(Judge(new Evidence([Expiring(5)], []) { Seen = seen, AsOf = end }), Is.Empty);
    }

    private static Told Expiring(double end) => Created() with { ExpiresAt = Noon.AddSeconds(end) };
}
