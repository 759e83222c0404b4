using Tests.Support;

namespace Tests.Faults;

/// <summary>The oracle against journals written by hand: what it excuses, and where it does not take a program's word.</summary>
public sealed partial class OracleTests
{
    private const string Id = "timer";
    private const string Mark = "mark";
    private static readonly DateTimeOffset Noon = Clocks.Noon;
    private static readonly Schedule Thrice = new(3, TimeSpan.FromSeconds(1), 1, TimeSpan.FromSeconds(1), 0, null);
    private static readonly Fault Kill = new("kill", Noon.AddSeconds(10), Noon.AddSeconds(12));

    [Test]
    public void What_arrives_when_it_was_promised_breaks_nothing() => Assert.That(Judge([Created()], [Arrived(0)]), Is.Empty);

    [Test]
    public void Lateness_goes_by_the_promise_and_not_by_the_instant_that_the_webhook_names() =>
        Assert.That(Judge([Created()], [Arrived(20) with { DueAt = Noon.AddSeconds(20) }]), Is.EqualTo(new[] { Wrong.Late }));

    [Test]
    public void A_moved_timer_is_late_by_its_last_promise() =>
        Assert.That(
            Judge([Created(), Moved(at: -1, due: 5)], [Arrived(20) with { DueAt = Noon.AddSeconds(5) }]), Is.EqualTo(new[] { Wrong.Late }));

    [TestCase(7, false)]
    [TestCase(9, true)]
    public void A_timer_for_an_instant_that_had_passed_when_it_was_answered_is_owed_from_its_answer(double at, bool isLate) =>
        Assert.That(
            Judge([Created(due: -12)], [Arrived(at) with { DueAt = Noon.AddSeconds(-12) }]),
            Is.EqualTo(isLate ? new[] { Wrong.Late } : []));

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
    public void Refused_and_listed_is_seen_by_its_mark() =>
        Assert.That(
            Judge(new Evidence([Created(Verdict.Refused) with { Id = null }], []) { Seen = [new Seen(Id, "scheduled", Mark)] }),
            Is.EqualTo(new[] { Wrong.RefusedButDelivered }));

    [TestCase(-0.51, 1)]
    [TestCase(-0.5, 0)]
    [TestCase(0.7, 0)]
    [TestCase(3, 1)]
    public void A_promise_is_held_against_what_was_asked_for(double due, int wrong)
    {
        var asked = Created(due: due) with { Delay = TimeSpan.FromSeconds(2.5) };

        Assert.That(Judge([asked], [Arrived(due, due: due)]), Is.EqualTo(Enumerable.Repeat(Wrong.AnotherPromise, wrong)));
    }

    [Test]
    public void A_moved_timer_that_keeps_its_old_promise_was_not_moved()
    {
        var moved = Moved(at: -1, due: 0) with { Instant = Noon.AddSeconds(5) };

        Assert.That(Judge([Created(), moved], [Arrived(0)]), Is.EqualTo(new[] { Wrong.AnotherPromise }));
    }

    [Test]
    public void Without_an_answer_it_is_early_by_what_was_asked_for()
    {
        var asked = Created(Verdict.Unknown) with { Id = null, DueAt = null, Delay = TimeSpan.FromSeconds(5) };

        Assert.That(Judge([asked], [Arrived(0)]), Is.EqualTo(new[] { Wrong.Early }));
    }

    [Test]
    public void Before_it_was_ever_sent_a_moved_timer_keeps_its_webhook_id() =>
        Assert.That(
            Judge([Created(), Moved(at: -1, due: 5)], [Arrived(5, due: 5), Arrived(6, due: 5, occurrence: 2)]),
            Is.EqualTo(new[] { Wrong.DuplicateUnderAnotherId }));

    [Test]
    public void What_may_still_arrive_may_so_after_a_fault_only_and_once()
    {
        Told[] told = [Created(), Moved(at: 13, due: 50) with { Open = true }];
        Arrival[] arrivals = [Arrived(14), Arrived(50, due: 50, occurrence: 2)];

        Assert.That(Judge(told, arrivals, Kill), Is.Empty);
        Assert.That(Judge(told, arrivals), Is.EqualTo(new[] { Wrong.AtOldTime }));
    }

    [TestCase("succeeded", true)]
    [TestCase("cancelled", false)]
    public void An_end_is_borne_out_by_a_command(string end, bool cancelled)
    {
        var cancel = new Told(Deed.Cancel, Verdict.Ok, Noon.AddSeconds(-1.5), Noon.AddSeconds(-1)) { Id = Id };

        Assert.That(
            Judge(new Evidence(cancelled ? [Created(), cancel] : [Created()], cancelled ? [] : [Arrived(0)])
            { Seen = [new Seen(Id, end)] }),
            Is.EqualTo(new[] { Wrong.AttemptsOffSchedule }));
    }

    [Test]
    public void What_was_due_long_ago_has_ended()
    {
        var recount = new Recount(new Dictionary<string, long> { ["sending"] = 1 }, [new Seen(Id, "sending")], Noon.AddMinutes(1));

        Assert.That(
            Judge(new Evidence([Created()], [Arrived(0)]) { Recounts = [recount] }), Is.EqualTo(new[] { Wrong.AttemptsOffSchedule }));
    }

    [Test]
    public void A_pause_begins_with_the_answer() =>
        Assert.That(
            Judge([Created() with { Schedule = Thrice }], [Arrived(0, answered: 2, status: 500), Arrived(2.5, attempt: 2)]),
            Is.EqualTo(new[] { Wrong.AttemptsOffSchedule }));

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

    [TestCase(9, 11.5, ExpectedResult = true, Description = "it lay in the socket of a receiver that was slow to read")]
    [TestCase(9, 12.5, ExpectedResult = false, Description = "it came when everything worked again")]
    [TestCase(11.4, 11.5, ExpectedResult = false, Description = "it was sent by the process that followed")]
    public bool The_last_request_on_a_connection_may_be_read_long_after_its_sender_was_killed(double accepted, double at) =>
        Judge(
            [Created(due: at)], [Arrived(at) with { LastOnConnectionOf = Noon.AddSeconds(accepted) }, Arrived(14, due: at)],
            Kill).Count == 0;

    [TestCase(9.6, Description = "before it")]
    [TestCase(3_600, Description = "long after it")]
    public void A_kill_explains_only_what_comes_again_after_it_and_soon(double again) =>
        Assert.That(
            Judge([Created(due: 9.2)], [Arrived(9.2), Arrived(again, due: 9.2)], Kill), Is.EqualTo(new[] { Wrong.DuplicateWithoutFault }));

    [Test]
    public void One_kill_explains_one_repetition() =>
        Assert.That(
            Judge([Created(due: 10)], [Arrived(10), Arrived(10.1, due: 10), Arrived(14, due: 10)], Kill),
            Is.EqualTo(new[] { Wrong.DuplicateWithoutFault }));

    [TestCase(64, 9.9, 0)]
    [TestCase(65, 9.9, 1)]
    [TestCase(500, 10.1, 0)]
    public void A_kill_repeats_a_few_of_those_that_were_answered_and_all_others(int timers, double answered, int wrong)
    {
        var told = Enumerable.Range(0, timers).Select(i => Created(due: 9.5) with { Id = $"{Id}{i}", Mark = $"{Mark}{i}" });
        var arrivals = Enumerable.Range(0, timers).SelectMany(i => new[]
        {
            Arrived(9.5, answered, $"{Id}{i}", $"{Mark}{i}", due: 9.5), Arrived(14, id: $"{Id}{i}", mark: $"{Mark}{i}", due: 9.5),
        });

        Assert.That(Judge([.. told], [.. arrivals], Kill), Is.EqualTo(Enumerable.Repeat(Wrong.DuplicateWithoutFault, wrong)));
    }

    [Test]
    public void An_arrival_that_nobody_answered_is_given_up_after_its_time()
    {
        var created = Created(due: -20) with { SentAt = Noon.AddSeconds(-22), At = Noon.AddSeconds(-21) };

        Assert.That(
            Judge([created], [Arrived(-20, due: -20) with { AnsweredAt = null }, Arrived(14, due: -20)], Kill),
            Is.EqualTo(new[] { Wrong.DuplicateWithoutFault }));
    }

    [Test]
    public void A_sender_that_lives_on_may_repeat_what_it_sent_while_its_store_was_gone() =>
        Assert.That(
            Judge([Created(due: 11.5)], [Arrived(11.5), Arrived(14, due: 11.5)], Kill with { Doubt = Doubt.WhileItLasts }), Is.Empty);

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
            Judge(new Evidence([Created(due: 10) with { Schedule = Thrice }], [failed])
            { Faults = [Kill], Seen = [new Seen(Id, "failed")] }),
            Is.EqualTo(new[] { Wrong.AttemptsOffSchedule }));
    }

    [Test]
    public void Two_ends_seen_one_after_the_other_are_one_too_many() =>
        Assert.That(
            Judge(new Evidence([Created()], [Arrived(0)]) { Seen = [new Seen(Id, "succeeded"), new Seen(Id, "cancelled")] }),
            Is.EqualTo(new[] { Wrong.SeveralFinalStates }));

    [Test]
    public void Outages_at_once_explain_their_time_once()
    {
        var outage = new Fault("outage", Noon, Noon.AddSeconds(20), Doubt.Nothing);
        var inside = new Fault("another", Noon.AddSeconds(5), Noon.AddSeconds(15), Doubt.Nothing);

        Assert.That(Judge([Created()], [Arrived(29)], outage, inside), Is.Empty);
        Assert.That(Judge([Created()], [Arrived(31)], outage, inside), Is.EqualTo(new[] { Wrong.Late }));
    }

    [TestCase(9, 30.5, true, Description = "budget, recovery, and the fault itself")]
    [TestCase(9, 31.5, false)]
    [TestCase(21, 40.5, true, Description = "due before the recovery was over")]
    [TestCase(23, 34, false, Description = "due afterwards")]
    public void A_recovery_explains_lateness_of_what_was_due_until_it_was_over(double due, double at, bool explained) =>
        Assert.That(
            Judge([Created(due: due)], [Arrived(at, due: due)], Kill with { Doubt = Doubt.Nothing, Recovery = TimeSpan.FromSeconds(10) }),
            Has.Count.EqualTo(explained ? 0 : 1));

    [TestCase(1, 2, 4, Description = "one too many")]
    [TestCase(1, 3, Description = "one left out")]
    public void Attempts_are_those_of_the_schedule(params int[] attempts) =>
        Assert.That(
            Judge([Created() with { Schedule = Thrice }],
                [.. attempts.Select((attempt, i) => Arrived(i * 1.5, attempt: attempt, status: 500))]),
            Does.Contain(Wrong.AttemptsOffSchedule).And.All.EqualTo(Wrong.AttemptsOffSchedule));

    [Test]
    public void A_next_attempt_may_be_late_too() =>
        Assert.That(
            Judge([Created() with { Schedule = Thrice }], [Arrived(0, status: 500), Arrived(12, attempt: 2)]),
            Is.EqualTo(new[] { Wrong.Late }));

    [TestCase("succeeded", 500)]
    [TestCase("failed", 200)]
    public void An_end_is_borne_out_by_attempts(string end, int status) =>
        Assert.That(
            Judge(new Evidence([Created()], [Arrived(0, status: status)]) { Seen = [new Seen(Id, end)] }),
            Is.EqualTo(new[] { Wrong.AttemptsOffSchedule }));

    [Test]
    public void A_noted_cancel_lets_what_was_under_way_arrive_and_nothing_that_begins_later()
    {
        Told[] told = [Created() with { Schedule = Thrice with { FirstDelay = TimeSpan.FromSeconds(9),
            Maximum = TimeSpan.FromSeconds(9) } }, Cancelled(0.5, Verdict.Recorded)];

        Assert.That(Judge(told, [Arrived(1, status: 500)]), Is.Empty);
        Assert.That(Judge(told, [Arrived(0, status: 500), Arrived(9.5, attempt: 2)]), Is.EqualTo(new[] { Wrong.AfterCancel }));
        Assert.That(Judge(told, [Arrived(1, status: 500), Arrived(10.5, attempt: 2)]), Does.Contain(Wrong.AfterCancel));
    }

    [Test]
    public void A_cancel_that_says_something_may_still_arrive_says_so_after_a_fault_only()
    {
        Told[] told = [Created(due: 20), Cancelled(13, Verdict.Recorded) with { Open = true }];
        Arrival[] arrivals = [Arrived(20, due: 20)];

        Assert.That(Judge(told, arrivals, Kill), Is.Empty);
        Assert.That(Judge(told, arrivals), Is.EqualTo(new[] { Wrong.AfterCancel }));
    }

    [Test]
    public void What_may_still_arrive_of_before_excuses_nothing_of_what_was_promised_since() =>
        Assert.That(
            Judge([Created(), Moved(at: 13, due: 50) with { Open = true }], [Arrived(14, due: 50, occurrence: 2)], Kill),
            Is.EqualTo(new[] { Wrong.Early }));

    [Test]
    public void A_timer_that_a_command_does_not_find_is_lost() =>
        Assert.That(Judge([Created(), Cancelled(-1, Verdict.Missing)], [Arrived(0)]), Is.EqualTo(new[] { Wrong.Lost }));

    [Test]
    public void A_timer_that_is_not_listed_is_lost()
    {
        var recount = new Recount(new Dictionary<string, long>(), [], Noon.AddMinutes(1));

        Assert.That(Judge(new Evidence([Created()], [Arrived(0)]) { Recounts = [recount] }), Is.EqualTo(new[] { Wrong.Lost }));
    }

    [Test]
    public void Occurrences_come_in_their_order() =>
        Assert.That(
            Judge([Created(), Moved(at: 1, due: 5)], [Arrived(0, occurrence: 2), Arrived(5, due: 5, occurrence: 1)]),
            Is.EqualTo(new[] { Wrong.OutOfOrder }));

    private static List<Wrong> Judge(Told[] told, Arrival[] arrivals, params Fault[] faults) =>
        Judge(new Evidence(told, arrivals) { Faults = faults });

    private static List<Wrong> Judge(Evidence evidence) => [.. Oracle.Judge(evidence).Violations.Select(violation => violation.Wrong)];

    private static Told Created(Verdict verdict = Verdict.Ok, double due = 0) =>
        new(Deed.Create, verdict, Noon.AddSeconds(-3), Noon.AddSeconds(-2)) { Id = Id, Mark = Mark, DueAt = Noon.AddSeconds(due) };

    private static Told Moved(double at, double due) =>
        new(Deed.Reschedule, Verdict.Ok, Noon.AddSeconds(at - 0.1), Noon.AddSeconds(at)) { Id = Id, DueAt = Noon.AddSeconds(due) };

    private static Told Cancelled(double at, Verdict verdict) =>
        new(Deed.Cancel, verdict, Noon.AddSeconds(at - 0.1), Noon.AddSeconds(at)) { Id = Id };

    private static Arrival Arrived(
        double at, double? answered = null, string id = Id, string mark = Mark, double due = 0, int occurrence = 1, int attempt = 1,
        int status = 200) =>
        new(
            Noon.AddSeconds(at), "POST", "/hook", $"{id}-{occurrence}", id, Noon.AddSeconds(due), attempt,
            new Dictionary<string, string> { [Arrival.MarkHeader] = mark }, string.Empty)
        {
            Status = status,
            AnsweredAt = Noon.AddSeconds(answered ?? at),
        };
}
