using System.Text;
using Contracts.Timers;
using Runner.Timers.Delivery;

namespace Tests.Runner;

/// <summary>What is kept of answers that repeat a webhook's credentials.</summary>
public sealed class SecretEchoTests
{
    private const string Secret = "abcdefghijkl";

    private static readonly TimerSpec Spec = new()
    {
        Url = new Uri("https://h.example/hook?token=q%2Fqqqqq"),
        Headers = new Dictionary<string, string> { ["Authorization"] = $"Bearer {Secret}", ["X-Api-Key"] = "short" },
    };

    [TestCase("got Bearer abcdefghijkl!", "got ********!")]
    [TestCase("got abcdefghijkl and abcdefghijkl", "got ******** and ********")]
    [TestCase("q%2Fqqqqq or q/qqqqq", "******** or ********")]
    [TestCase("short", "short")]
    [TestCase("nothing", "nothing")]
    public void It_is_masked(string answer, string kept)
    {
        var masked = SecretEcho.Masked(Answered(answer, $"the line is '{answer}'"), Spec);

        Assert.That(Encoding.UTF8.GetString(masked.Response.Span), Is.EqualTo(kept));
        Assert.That(masked.Error, Is.EqualTo($"the line is '{kept}'"));
    }

    [Test]
    public void A_value_that_is_cut_off_at_the_end_is_masked_too()
    {
        var answer = new string('.', AttemptRecord.KeptResponseBytes - 7) + Secret[..7];

        var kept = Encoding.UTF8.GetString(SecretEcho.Masked(Answered(answer, null), Spec).Response.Span);

        Assert.That(kept, Does.Not.Contain(Secret[..4]).And.EndWith("*"));
        Assert.That(kept, Has.Length.EqualTo(AttemptRecord.KeptResponseBytes));
    }

    [Test]
    public void A_value_that_is_cut_off_is_masked_after_another_one_has_made_the_answer_shorter()
    {
        var answer = new string('.', AttemptRecord.KeptResponseBytes - 7 - 19) + $"Bearer {Secret}" + Secret[..7];

        var kept = Encoding.UTF8.GetString(SecretEcho.Masked(Answered(answer, null), Spec).Response.Span);

        Assert.That(kept, Does.Not.Contain(Secret[..4]).And.EndWith("****************"));
    }

    [Test]
    public void A_result_without_any_is_left_alone()
    {
        var result = Answered("nothing", "nothing");

        Assert.That(SecretEcho.Masked(result, Spec), Is.SameAs(result));
        Assert.That(SecretEcho.Masked(Exchange.NotBegun, Spec), Is.SameAs(Exchange.NotBegun));
    }

    private static Exchange Answered(string answer, string? error) =>
        new(200, error, CertainlyUnsent: false, Answered: true, RetryAfter: null, Encoding.UTF8.GetBytes(answer));
}
