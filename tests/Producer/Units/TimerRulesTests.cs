using System.Text;
using Contracts.Common;
using Contracts.Timers;
using Producer.Http;
using Producer.Timers;
using Tests.Support;

namespace Tests.Producer.Units;

/// <summary>The rules for single fields, at their edges.</summary>
public sealed class TimerRulesTests
{
    private static readonly DateTimeOffset Noon = Clocks.Noon;

    [TestCase("http://127.0.0.1/")]
    [TestCase("HTTPS://example.test:65535/a?b=c#d")]
    [TestCase("http://[::1]:8080/")]
    [TestCase("http://bücher.example/ü")]
    public void UrlProblem_of_an_address_is_none(string url) => Assert.That(WebAddress.Problem(url), Is.Null);

    [TestCase("")]
    [TestCase("http:/x")]
    [TestCase("ws://x/")]
    [TestCase("http://user@x/")]
    [TestCase("http://x:0/")]
    [TestCase("http://x/\u007f")]
    [TestCase("http://x\\y/")]
    [TestCase("http://x/\n")]
    public void UrlProblem_of_anything_else_has_a_reason(string url) => Assert.That(WebAddress.Problem(url), Is.Not.Null);

    [Test]
    public void UrlProblem_begins_beyond_2048_characters()
    {
        var longest = "http://x/".PadRight(WebAddress.MaxLength, 'p');

        Assert.That(WebAddress.Problem(longest), Is.Null);
        Assert.That(WebAddress.Problem(longest + "p"), Is.EqualTo("must not be longer than 2048 characters"));
    }

    [Test]
    public void DueProblem_begins_beyond_a_minute_ago_and_ten_years_ahead() => Assert.Multiple(() =>
    {
        Assert.That(TimerRules.DueProblem(Noon.AddMinutes(-1), Noon), Is.Null);
        Assert.That(TimerRules.DueProblem(Noon.AddMinutes(-1).AddTicks(-1), Noon), Is.Not.Null);
        Assert.That(TimerRules.DueProblem(Noon.AddYears(10), Noon), Is.Null);
        Assert.That(TimerRules.DueProblem(Noon.AddYears(10).AddTicks(1), Noon), Is.Not.Null);
    });

    [Test]
    public void DelayProblem_begins_below_nothing_and_beyond_ten_years() => Assert.Multiple(() =>
    {
        Assert.That(TimerRules.DelayProblem(TimeSpan.Zero, Noon), Is.Null);
        Assert.That(TimerRules.DelayProblem(TimeSpan.FromTicks(-1), Noon), Is.Not.Null);
        Assert.That(TimerRules.DelayProblem(Noon.AddYears(10) - Noon, Noon), Is.Null);
        Assert.That(TimerRules.DelayProblem(TimeSpan.MaxValue, Noon), Is.Not.Null);
        Assert.That(TimerRules.DelayProblem(TimeSpan.MinValue, Noon), Is.Not.Null);
    });

    [TestCase(99.9999, false)]
    [TestCase(100, true)]
    [TestCase(60_000, true)]
    [TestCase(60_000.0001, false)]
    public void TimeoutProblem_begins_outside_100_ms_to_60_s(double milliseconds, bool good) =>
        Assert.That(TimerRules.TimeoutProblem(TimeSpan.FromMilliseconds(milliseconds)) is null, Is.EqualTo(good));

    [TestCase("a", true)]
    [TestCase("A.b_c~d:e-9", true)]
    [TestCase("...", true)]
    [TestCase(".", false)]
    [TestCase("..", false)]
    [TestCase("stats", false)]
    [TestCase("Stream", false)]
    [TestCase("a/b", false)]
    [TestCase("", false)]
    public void IsId_tells_what_a_path_can_name(string id, bool good) => Assert.That(TimerRules.IsId(id), Is.EqualTo(good));

    [Test]
    public void BodyProblem_and_metadata_problem_begin_beyond_their_sizes() => Assert.Multiple(() =>
    {
        Assert.That(TimerRules.BodyProblem(Text(TimerRules.MaxBodyBytes)), Is.Null);
        Assert.That(TimerRules.BodyProblem(Text(TimerRules.MaxBodyBytes + 1)), Is.Not.Null);
        Assert.That(TimerRules.MetadataProblem(new RawContent("{}"u8.ToArray(), IsJson: true)), Is.Null);
        Assert.That(TimerRules.MetadataProblem(new RawContent("[]"u8.ToArray(), IsJson: true)), Is.Not.Null);
        Assert.That(TimerRules.MetadataProblem(Text(3)), Is.Not.Null);
        Assert.That(TimerRules.MetadataProblem(Text(TimerRules.MaxMetadataBytes + 1)), Is.Not.Null);
    });

    [TestCase("x-order", "a\tb c", null)]
    [TestCase("content-type", "text/plain", null)]
    [TestCase("webhook", "x", null)]
    [TestCase("HOST", "x", "is set by delivery itself")]
    [TestCase("Timer-X", "x", "is set by delivery itself")]
    [TestCase("webhook_signature", "v1,x", "is set by delivery itself")]
    [TestCase("Webhook-Signature", "v1,x", "is set by delivery itself")]
    [TestCase("WEBHOOK_ID", "x", "is set by delivery itself")]
    [TestCase("content_length", "7", "is set by delivery itself")]
    [TestCase("x_order", "x", null)]
    [TestCase("x y", "x", "must have a name of letters, digits and !#$%&'*+-.^_`|~")]
    [TestCase("x", "a\r\nb: c", "must hold visible ASCII characters, spaces and tabs only")]
    [TestCase("x", "\u0085", "must hold visible ASCII characters, spaces and tabs only")]
    public void HeaderProblems_name_what_would_inject_or_is_deliverys_own(string name, string value, string? reason)
    {
        var problems = TimerRules.HeaderProblems(new Dictionary<string, string> { [name] = value }).ToList();

        Assert.That(problems, Is.EqualTo(reason is null ? [] : new[] { ($"headers.{name}", reason) }));
    }

    [Test]
    public void RetryProblems_refuse_a_list_beside_the_rule()
    {
        var retry = new RetryRequest { Delays = [TimeSpan.FromSeconds(1), TimeSpan.FromDays(8)], Attempts = 2 };

        Assert.That(TimerRules.RetryProblems(retry).Select(problem => problem.Field), Is.EqualTo(["retry.delays", "retry.delays[1]"]));
    }

    [Test]
    public void RetryRequest_makes_the_policy_it_asks_for() => Assert.Multiple(() =>
    {
        Assert.That(new RetryRequest().ToPolicy(), Is.EqualTo(RetryPolicy.Default));
        Assert.That(
            new RetryRequest { Attempts = 7, Factor = 1 }.ToPolicy(), Is.EqualTo(RetryPolicy.Default with { Attempts = 7, Factor = 1 }));
        var listed = new RetryRequest { Delays = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)] }.ToPolicy();
        Assert.That((listed.Attempts, listed.Jitter), Is.EqualTo((3, 0.0)));
    });

    private static RawContent Text(int length) => new(Encoding.ASCII.GetBytes(new string('x', length)), IsJson: false);
}
