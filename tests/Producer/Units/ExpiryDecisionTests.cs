using System.Text.Json;
using Contracts.Timers;
using Producer.Http;
using Producer.Timers;
using Tests.Support;

namespace Tests.Producer.Units;

/// <summary>What commands mean for a timer's expiry.</summary>
public sealed class ExpiryDecisionTests
{
    private static readonly DateTimeOffset Now = Clocks.Noon;
    private static readonly DateTimeOffset Due = Clocks.Noon.AddHours(2);
    private static readonly DateTimeOffset End = Due.AddMinutes(1);

    [TestCase("""{"expiresAt":"2030-06-01T12:00:00Z"}""", "expiresAt", null)]
    [TestCase("""{"expiresAt":"2030-06-01T14:00:00Z"}""", "expiresAt", null)]
    [TestCase("""{"expiresAt":"2030-06-01T14:00:00.001Z"}""", null, 7_200_001)]
    [TestCase("""{"maxAge":"PT1H"}""", null, 10_800_000)]
    [TestCase("""{"dueAt":"2030-06-01T15:00:00Z"}""", "dueAt", null)]
    [TestCase("""{"delay":"PT3H"}""", "delay", null)]
    [TestCase("""{"delay":"PT1H"}""", null, 10_800_000)]
    [TestCase("""{"expiresAt":null}""", null, -1)]
    [TestCase("""{"tags":["a"]}""", null, 10_800_000)]
    public void Change_of_a_timer_that_expires_at_an_instant(string patch, string? wrong, int? expiry) =>
        Assert.That(Told(Change(Row(expiresAt: Now.AddHours(3)), patch)), Is.EqualTo((wrong, expiry)));

    [TestCase("""{"delay":"PT10H"}""", null, 39_600_000)]
    [TestCase("""{"maxAge":null}""", null, -1)]
    [TestCase("""{"expiresAt":"2030-06-01T15:30:00Z"}""", null, 12_600_000)]
    [TestCase("""{"maxAge":"PT0.5S"}""", null, 7_200_500)]
    public void Change_of_a_timer_with_a_maximum_age(string patch, string? wrong, int? expiry) =>
        Assert.That(Told(Change(Row(maxAge: TimeSpan.FromHours(1)), patch)), Is.EqualTo((wrong, expiry)));

    [Test]
    public void Change_refuses_an_age_that_a_timer_waiting_for_a_retry_has_reached() =>
        Assert.That(
            Told(Change(Row(maxAge: TimeSpan.FromHours(1), due: Now.AddMinutes(-30)), """{"maxAge":"PT20M"}""")),
            Is.EqualTo(("maxAge", (int?)null)));

    [Test]
    public void Touch_pushes_out_no_further_than_the_expiry_where_the_timer_ends_and_an_age_moves_along()
    {
        var fixedEnd = TouchTimer.Decide(Row(expiresAt: End), Now.AddMinutes(90)).Changed!;
        var moving = TouchTimer.Decide(Row(maxAge: TimeSpan.FromMinutes(1)), Now.AddMinutes(90)).Changed!;

        Assert.That((fixedEnd.DueAt, fixedEnd.NextAt, fixedEnd.ExpiresAt), Is.EqualTo((End, End, End)));
        Assert.That(ClaimSettlement.Expired(fixedEnd, fixedEnd.DueAt)?.State, Is.EqualTo(TimerState.Expired), "it fires no more");
        Assert.That(moving.ExpiresAt, Is.EqualTo(moving.DueAt.AddMinutes(1)));
    }

    [Test]
    public void Replay_of_a_timer_whose_expiry_has_passed_is_refused_by_the_field_unless_a_new_one_is_given()
    {
        var row = Row(expiresAt: Now) with { State = TimerState.Expired };
        var aged = Row(maxAge: TimeSpan.FromMinutes(1), due: Now.AddHours(-1)) with { State = TimerState.Failed };

        foreach (var (timer, request, wrong, expiry) in new (TimerRecord, string, string?, int?)[]
        {
            (row, "{}", "expiresAt", null),
            (aged, "{}", "maxAge", null),
            (aged, """{"maxAge":"PT1H"}""", "maxAge", null),
            (aged, """{"maxAge":"PT2H"}""", null, 3_600_000),
            (row, """{"expiresAt":"2030-06-01T12:00:01Z"}""", null, 1_000),
            (row, """{"expiresAt":null}""", null, -1),
        })
        {
            Assert.That(Told(ReplayTimer.Decide(timer, Replay(request), Now)), Is.EqualTo((wrong, expiry)), request);
        }
    }

    [Test]
    public void Fire_counts_the_age_from_now() =>
        Assert.That(FireTimer.Decide(Row(maxAge: TimeSpan.FromHours(1)), Now).Changed!.ExpiresAt, Is.EqualTo(Now.AddHours(1)));

    private static TimerRecord Row(DateTimeOffset? expiresAt = null, TimeSpan? maxAge = null, DateTimeOffset? due = null) =>
        TimerRecord.From(ATimer.New().DueAt(due ?? Due).WithSpec(spec => spec with { ExpiresAt = expiresAt, MaxAge = maxAge }).Build());

    /// <summary>The field that is wrong, and milliseconds from now to the expiry; -1 for never.</summary>
    private static (string? Wrong, int? Expiry) Told(Decision decision) => decision switch
    {
        { Errors: { } errors } => (errors.ToDictionary().Keys.Single(), null),
        { Changed.ExpiresAt: { } end } => (null, (int)(end - Now).TotalMilliseconds),
        _ => (null, -1),
    };

    private static Decision Change(TimerRecord row, string patch)
    {
        var errors = new FieldErrors();
        var change = TimerChange.From(JsonDocument.Parse(patch).RootElement.EnumerateObject(), null, errors);
        Assert.That(errors.Any, Is.False);
        return ChangeTimer.Decide(row, change, Now);
    }

    private static TimerReplay Replay(string json)
    {
        var (replay, errors) = (new TimerReplay(), new FieldErrors());
        Assert.That(JsonDocument.Parse(json).RootElement.EnumerateObject().All(field => replay.TryRead(field, errors)), Is.True);
        return replay;
    }
}
