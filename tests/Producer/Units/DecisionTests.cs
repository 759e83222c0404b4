using Contracts.Timers;
using Producer.Http;
using Producer.Timers;
using Tests.Support;

namespace Tests.Producer.Units;

/// <summary>What each command means for a timer in each state; the table of docs/lifecycle.md.</summary>
public sealed class DecisionTests
{
    private static readonly DateTimeOffset Now = Clocks.Noon.AddTicks(1);
    private static readonly DateTimeOffset NextMillisecond = Clocks.Noon.AddMilliseconds(1);
    private static readonly TimerChange Change = Read("""{"delay":"PT1H"}""");

    private static readonly Dictionary<string, Func<TimerRecord, DateTimeOffset, Decision>> Commands = new()
    {
        ["cancel"] = CancelTimer.Decide,
        ["delete"] = DeleteTimer.Decide,
        ["pause"] = PauseTimer.Decide,
        ["resume"] = ResumeTimer.Decide,
        ["fire"] = FireTimer.Decide,
        ["touch"] = TouchTimer.Decide,
        ["replay"] = (row, now) => ReplayTimer.Decide(row, TimerReplay.AsItIs, now),
        ["change"] = (row, now) => ChangeTimer.Decide(row, Change, now),
        ["replace"] = (row, _) => Replacement.Decide(row, ATimer.New().Build(), traceParent: null),
    };

    // The state after the command; "=": nothing to do; "+": recorded; "-": refused; "x": erased.
    [TestCase("cancel", "Cancelled Cancelled + + Cancelled - - = -")]
    [TestCase("delete", "Cancelled Cancelled + + Cancelled x x x x")]
    [TestCase("pause", "Paused = + + - - - - -")]
    [TestCase("resume", "= Scheduled = = - - - - -")]
    [TestCase("fire", "Scheduled Scheduled - - - - - - -")]
    [TestCase("touch", "Scheduled Paused - - - - - - -")]
    [TestCase("replay", "- - - - Scheduled - Scheduled - Scheduled")]
    [TestCase("change", "Scheduled Paused - - - - - - -")]
    [TestCase("replace", "Scheduled Scheduled - - - - - - -")]
    public void Decide_in_every_state(string command, string expected)
    {
        TimerState[] states =
        [
            TimerState.Scheduled, TimerState.Paused, TimerState.Armed, TimerState.Sending,
            TimerState.Ambiguous, TimerState.Succeeded, TimerState.Failed, TimerState.Cancelled, TimerState.Expired,
        ];
        var told = states.Select(state => Tell(Commands[command](Row(state), Now)));

        Assert.That(string.Join(' ', told), Is.EqualTo(expected));
    }

    [Test]
    public void Decide_takes_only_steps_that_the_lifecycle_allows_and_each_makes_a_new_version()
    {
        foreach (var (name, decide) in Commands)
        {
            foreach (var row in Enum.GetValues<TimerState>().Select(state => Row(state)))
            {
                if (decide(row, Now).Changed is { } changed)
                {
                    Assert.That(TimerLifecycle.Allows(row.State, changed.State), Is.True, $"{name}: {row.State} to {changed.State}");
                    Assert.That(changed.Version, Is.EqualTo(row.Version + 1), name);
                }
            }
        }
    }

    [TestCase("cancel", PendingCommand.Cancel, "=+")]
    [TestCase("cancel", PendingCommand.Pause, "+")]
    [TestCase("pause", PendingCommand.Pause, "=+")]
    [TestCase("pause", PendingCommand.Cancel, "-")]
    [TestCase("resume", PendingCommand.Pause, "Armed")]
    [TestCase("resume", PendingCommand.Cancel, "-")]
    public void Decide_on_an_armed_timer_heeds_the_command_recorded_before(string command, PendingCommand before, string expected)
    {
        var decision = Commands[command](Row(TimerState.Armed) with { Pending = before }, Now);

        Assert.That(decision is { Changed: null, Recorded: true } ? "=+" : Tell(decision), Is.EqualTo(expected));
    }

    [Test]
    public void Touch_pushes_out_by_the_timers_own_delay()
    {
        var row = Row(TimerState.Scheduled) with { CreatedAt = Now.AddMinutes(-4), DueAt = Now.AddMinutes(1) };

        var touched = TouchTimer.Decide(row, Now).Changed!;
        var later = TouchTimer.Decide(touched, Now.AddMinutes(2)).Changed!;

        Assert.That(touched.DueAt, Is.EqualTo(NextMillisecond.AddMinutes(5)), "five minutes, as from its creation");
        Assert.That((later.DueAt, later.NextAt), Is.EqualTo((NextMillisecond.AddMinutes(7), NextMillisecond.AddMinutes(7))));
        Assert.That(TouchTimer.Decide(later, Now).Changed, Is.Null, "never back");
    }

    [Test]
    public void Touch_ends_at_the_maximum_delay_from_creation_or_replacement()
    {
        var row = Row(TimerState.Scheduled) with { CreatedAt = Now.AddMinutes(-50), DueAt = Now.AddMinutes(1) };
        row = row with { Spec = row.Spec with { TouchDelay = TimeSpan.FromMinutes(20), MaxDelay = TimeSpan.FromHours(1) } };

        Assert.That(TouchTimer.Decide(row, Now).Changed!.DueAt, Is.EqualTo(NextMillisecond.AddMinutes(10)));
        row = row with { Spec = row.Spec with { TouchFrom = Now.AddMinutes(-45) } };
        Assert.That(TouchTimer.Decide(row, Now).Changed!.DueAt, Is.EqualTo(NextMillisecond.AddMinutes(15)));
        row = row with { Spec = row.Spec with { MaxDelay = TimeSpan.FromMinutes(1) } };
        Assert.That(TouchTimer.Decide(row, Now), Is.EqualTo(Decision.Nothing));
    }

    [Test]
    public void Touch_goes_by_the_delay_that_was_given_last()
    {
        var row = Row(TimerState.Scheduled) with { CreatedAt = Now.AddMinutes(-4), DueAt = Now.AddMinutes(1) };
        var delayed = ChangeTimer.Decide(row, Read("""{"delay":"PT30S"}"""), Now).Changed!;
        var moved = ChangeTimer.Decide(row, Read("""{"dueAt":"2030-06-02T12:00:00Z"}"""), Now).Changed!;

        Assert.That((delayed.OwnDelay, moved.OwnDelay), Is.EqualTo((TimeSpan.FromSeconds(30), row.DueAt - row.CreatedAt)));
    }

    [Test]
    public void Fire_sets_the_promise_to_now_rounded_up_with_all_retries()
    {
        var fired = FireTimer.Decide(Row(TimerState.Paused) with { Attempts = 3 }, Now).Changed!;
        var untried = FireTimer.Decide(Row(TimerState.Scheduled), Now).Changed!;

        Assert.That((fired.DueAt, fired.NextAt), Is.EqualTo((NextMillisecond, NextMillisecond)));
        Assert.That((fired.Occurrence, fired.Attempts, fired.AttemptsBeforeReplay), Is.EqualTo((2, 0, 0)), "another webhook-id");
        Assert.That((untried.Occurrence, untried.Attempts), Is.EqualTo((1, 0)), "nothing has been sent that could be mistaken for it");
    }

    [Test]
    public void Replay_keeps_the_promise_and_tries_now_with_all_retries()
    {
        var row = Row(TimerState.Failed) with { Attempts = 3, Claim = new ClaimToken(), Pending = PendingCommand.Pause };

        var replayed = ReplayTimer.Decide(row, TimerReplay.AsItIs, Now).Changed!;

        Assert.That((replayed.DueAt, replayed.NextAt, replayed.AttemptsBeforeReplay), Is.EqualTo((row.DueAt, NextMillisecond, 3)));
        Assert.That((replayed.Claim, replayed.Pending), Is.EqualTo(((ClaimToken?)null, PendingCommand.None)));
    }

    [Test]
    public void Replace_is_a_new_promise_with_the_new_content_under_the_old_id()
    {
        var row = Row(TimerState.Paused) with { Attempts = 2, AttemptsBeforeReplay = 1, Fingerprint = 1, MayStillArrive = true };
        row = row with { Spec = row.Spec with { OwnId = "own", Tags = ["old"] } };
        var create = ATimer.New().WithId(row.Key).DueAt(Now.AddHours(5)).WithFingerprint(2).WithTags("new").Build();

        var replaced = Replacement.Decide(row, create, "00-trace").Changed!;

        Assert.That((replaced.State, replaced.DueAt, replaced.NextAt), Is.EqualTo((TimerState.Scheduled, create.DueAt, create.DueAt)));
        Assert.That((replaced.Occurrence, replaced.Attempts, replaced.AttemptsBeforeReplay), Is.EqualTo((2, 0, 0)), "another webhook-id");
        Assert.That((replaced.Id, replaced.Fingerprint, replaced.CreatedAt), Is.EqualTo(("own", create.Fingerprint, row.CreatedAt)));
        Assert.That((replaced.Spec.Tags, replaced.Spec.TraceParent), Is.EqualTo((create.Spec.Tags, "00-trace")));
    }

    [Test]
    public void Cancel_of_a_free_timer_finishes_it_now()
    {
        var cancelled = CancelTimer.Decide(Row(TimerState.Scheduled), Now).Changed!;

        Assert.That((cancelled.NextAt, cancelled.DueAt), Is.EqualTo((NextMillisecond, Row(TimerState.Scheduled).DueAt)));
    }

    [Test]
    public void Change_of_the_instant_or_the_body_is_a_new_promise_and_of_anything_else_is_not()
    {
        var row = Row(TimerState.Scheduled) with { Attempts = 2 };

        var moved = ChangeTimer.Decide(row, Change, Now).Changed!;
        var other = ChangeTimer.Decide(row, Read("""{"timeout":"PT1S","tags":[]}"""), Now).Changed!;

        var body = ChangeTimer.Decide(row, Read("""{"body":"new"}"""), Now).Changed!;

        Assert.That((body.DueAt, body.NextAt, body.Occurrence, body.Attempts), Is.EqualTo((row.DueAt, row.NextAt, 2, 0)));
        var inAnHour = NextMillisecond.AddHours(1);
        Assert.That((moved.DueAt, moved.NextAt, moved.Occurrence, moved.Attempts), Is.EqualTo((inAnHour, inAnHour, 2, 0)));
        Assert.That((other.DueAt, other.NextAt, other.Occurrence, other.Attempts), Is.EqualTo((row.DueAt, row.NextAt, 1, 2)));
        Assert.That((other.Spec.Timeout, other.Spec.Tags), Is.EqualTo(((TimeSpan?)TimeSpan.FromSeconds(1), (IReadOnlyList<string>?)null)));
    }

    private static TimerRecord Row(TimerState state) =>
        TimerRecord.From(ATimer.New().DueAt(Clocks.Noon.AddHours(2)).Build()) with { State = state };

    private static string Tell(Decision decision) => decision switch
    {
        { Refusal: not null } => "-",
        { Recorded: true } => "+",
        { Erases: true } => "x",
        { Changed: { } changed } => changed.State.ToString(),
        _ => "=",
    };

    private static TimerChange Read(string json)
    {
        var errors = new FieldErrors();
        var change = TimerChange.From(System.Text.Json.JsonDocument.Parse(json).RootElement.EnumerateObject(), null, errors);
        Assert.That(errors.Any, Is.False);
        return change;
    }
}
