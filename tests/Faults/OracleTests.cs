using Tests.Support;

namespace Tests.Faults;

/// <summary>The oracle against journals written by hand: what it excuses, and what it does not take a program's word for.</summary>
public sealed class OracleTests
{
    private const string Id = "timer";
    private const string Mark = "mark";
    private static readonly DateTimeOffset Noon = ManualClock.Noon;
    private static readonly Schedule Thrice = new(3, TimeSpan.FromSeconds(1), 1, TimeSpan.FromSeconds(1), 0, null);
    private static readonly Fault Kill = new("kill", Noon.AddSeconds(10), Noon.AddSeconds(12));

    [Test]
    public void What_arrives_when_it_was_promised_breaks_nothing() => Assert.That(Judge([Created()], [Arrived(0)]), Is.Empty);

    [Test]
    public void Lateness_goes_by_the_promise_and_not_by_the_instant_that_the_webhook_names() =>
        Assert.That(Judge([Created()], [Arrived(20) with { DueAt = Noon.AddSeconds(20) }]), Is.EqualTo(new[] { Wrong.Late }));

    [Test]
    public void A_moved_timer_is_late_by_its_last_promise() =>
        Assert.That(Judge([Created(), Moved(at: -1, due: 5)], [Arrived(20) with { DueAt = Noon.AddSeconds(5) }]), Is.EqualTo(new[] { Wrong.Late }));

    [Test]
    public void A_timer_moved_after_it_was_delivered_is_owed_once_more() =>
        Assert.That(Judge([Created(), Moved(at: 1, due: 5)], [Arrived(0)]), Is.EqualTo(new[] { Wrong.Lost }));

    [Test]
    public void Later_occurrences_are_late_too() =>
        Assert.That(
            Judge([Created(), Moved(at: 1, due: 5)], [Arrived(0), Arrived(30, occurrence: 2) with { DueAt = Noon.AddSeconds(5) }]),
            Is.EqualTo(new[] { Wrong.Late }));

    [Test]
    public void An_outage_explains_as_much_lateness_as_it_lasted()
    {
        var outage = new Fault("outage", Noon.AddSeconds(-5), Noon.AddSeconds(25), Doubt.Nothing);

        Assert.That(Judge([Created()], [Arrived(34)], outage), Is.Empty);
        Assert.That(Judge([Created()], [Arrived(36)], outage), Is.EqualTo(new[] { Wrong.Late }));
    }

    [Test]
    public void Refused_without_an_id_and_delivered_is_seen_by_its_mark() =>
        Assert.That(Judge([Created(Verdict.Refused) with { Id = null }], [Arrived(0)]), Is.EqualTo(new[] { Wrong.RefusedButDelivered }));

    [Test]
    public void What_nobody_can_tell_may_have_been_done() =>
        Assert.That(Judge([Created(Verdict.Unknown) with { Id = null }], [Arrived(0)]), Is.Empty);

    [Test]
    public void A_second_timer_of_one_request_was_never_asked_for() =>
        Assert.That(Judge([Created()], [Arrived(0), Arrived(0, id: "another")]), Is.EqualTo(new[] { Wrong.NeverAsked }));

    [Test]
    public void A_timer_with_another_ones_content_was_never_asked_for() =>
        Assert.That(Judge([Created()], [Arrived(0, mark: "another")]), Is.EqualTo(new[] { Wrong.NeverAsked }));

    [TestCase(10.2, 10.3, ExpectedResult = true, Description = "read after the kill, sent before it")]
    [TestCase(8, 9.5, ExpectedResult = true, Description = "answered within the second in which it may be unwritten")]
    [TestCase(8, 8.5, ExpectedResult = false, Description = "answered long before")]
    [TestCase(11.5, 11.6, ExpectedResult = false, Description = "sent by the process that followed")]
    public bool Only_what_was_under_way_when_its_sender_was_killed_may_come_again(double at, double answered) =>
        Judge([Created(due: at)], [Arrived(at, answered), Arrived(14, due: at)], Kill).Count == 0;

    [Test]
    public void A_sender_that_lives_on_may_repeat_what_it_sent_while_its_store_was_gone() =>
        Assert.That(Judge([Created(due: 11.5)], [Arrived(11.5), Arrived(14, due: 11.5)], Kill with { Doubt = Doubt.WhileItLasts }), Is.Empty);

    [Test]
    public void A_next_attempt_after_2xx_is_excused_by_nothing() =>
        Assert.That(
            Judge([Created(due: 10) with { Schedule = Thrice }], [Arrived(10), Arrived(14, due: 10, attempt: 2)], Kill),
            Is.EqualTo(new[] { Wrong.DuplicateWithoutFault }));

    [Test]
    public void Attempts_left_when_it_failed_are_missed_whatever_broke()
    {
        var failed = Arrived(10, status: 500);

        Assert.That(
            Judge(new Evidence([Created(due: 10) with { Schedule = Thrice }], [failed]) { Faults = [Kill], Seen = [new Seen(Id, "failed")] }),
            Is.EqualTo(new[] { Wrong.AttemptsOffSchedule }));
    }

    [Test]
    public void Two_ends_seen_one_after_the_other_are_one_too_many() =>
        Assert.That(
            Judge(new Evidence([Created()], [Arrived(0)]) { Seen = [new Seen(Id, "succeeded"), new Seen(Id, "cancelled")] }),
            Is.EqualTo(new[] { Wrong.SeveralFinalStates }));

    private static List<Wrong> Judge(Told[] told, Arrival[] arrivals, params Fault[] faults) =>
        Judge(new Evidence(told, arrivals) { Faults = faults });

    private static List<Wrong> Judge(Evidence evidence) => [.. Oracle.Judge(evidence).Violations.Select(violation => violation.Wrong)];

    private static Told Created(Verdict verdict = Verdict.Ok, double due = 0) =>
        new(Deed.Create, verdict, Noon.AddSeconds(-3), Noon.AddSeconds(-2)) { Id = Id, Mark = Mark, DueAt = Noon.AddSeconds(due) };

    private static Told Moved(double at, double due) =>
        new(Deed.Reschedule, Verdict.Ok, Noon.AddSeconds(at - 0.1), Noon.AddSeconds(at)) { Id = Id, DueAt = Noon.AddSeconds(due) };

    private static Arrival Arrived(
        double at, double? answered = null, string id = Id, string mark = Mark, double due = 0, int occurrence = 1, int attempt = 1, int status = 200) =>
        new(
            Noon.AddSeconds(at), "POST", "/hook", $"{id}-{occurrence}", id, Noon.AddSeconds(due), attempt,
            new Dictionary<string, string> { [Arrival.MarkHeader] = mark }, string.Empty)
        {
            Status = status,
            AnsweredAt = Noon.AddSeconds(answered ?? at),
        };
}
