using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;
using Microsoft.Extensions.DependencyInjection;
using Tests.Support;

namespace Tests.Producer;

/// <summary>Without its log or its store the service says so, and what became of what was asked for.</summary>
public sealed class UnavailableTests : RestTests
{
    private readonly BrokenEngines broken = new();

    protected override HostedStandalone CreateApp() => new(services => services
        .AddSingleton<ITimerStore>(broken)
        .AddSingleton<IEventPublisher<TimerScheduled>>(broken));

    [TestCase(WriteOutcome.Refused, "refused")]
    [TestCase(WriteOutcome.Unknown, "unknown")]
    public async Task Create_without_a_log_answers_503_with_the_outcome_and_the_id_it_would_have(WriteOutcome outcome, string word)
    {
        broken.Outcome = outcome;

        var mine = await PostAsync(Timers, new { url = Target, delay = "PT1H", id = "mine" });
        var keyed = await PostAsync(Timers, new { url = Target, delay = "PT1H" }, ("Idempotency-Key", "k"));
        var again = await PostAsync(Timers, new { url = Target, delay = "PT1H" }, ("Idempotency-Key", "k"));
        var free = await PostAsync(Timers, new { url = Target, delay = "PT1H" });

        foreach (var answer in new[] { mine, keyed, again, free })
        {
            AssertUnavailable(answer, word);
        }

        Assert.Multiple(() =>
        {
            Assert.That(mine["id"], Is.EqualTo("mine"));
            Assert.That(again["id"], Is.EqualTo(keyed["id"]), "so that it can be looked for");
            Assert.That(Guid.Parse(free["id"]).Version, Is.EqualTo(7));
        });
    }

    [TestCase("POST", $"{Timers}/batch", """[{"url":"http://127.0.0.1:2/","delay":"PT1H"}]""")]
    [TestCase("GET", $"{Timers}/x", null)]
    [TestCase("GET", $"{Timers}/x/attempts", null)]
    [TestCase("GET", Timers, null)]
    [TestCase("GET", $"{Timers}/stats", null)]
    [TestCase("PATCH", $"{Timers}/x", """{"delay":"PT1H"}""")]
    [TestCase("DELETE", $"{Timers}/x", null)]
    [TestCase("POST", $"{Timers}/x/pause", null)]
    [TestCase("POST", $"{Timers}/x/resume", null)]
    [TestCase("POST", $"{Timers}/x/fire", null)]
    [TestCase("POST", $"{Timers}/x/replay", null)]
    [TestCase("POST", $"{Timers}/replay", null)]
    [TestCase("GET", "/health/ready", null)]
    public async Task Route_without_its_engines_answers_503(string method, string path, string? body)
    {
        broken.Outcome = WriteOutcome.Refused;
        AssertUnavailable(await SendAsync(new HttpMethod(method), path, Content(body)), "refused");
        AssertUnavailable(await SendAsync(new HttpMethod(method), path, Content(body), ("Accept", "text/html, */*;q=0.1")), "refused");
    }

    [Test]
    public async Task Bad_request_is_told_what_is_wrong_even_so() => (await PostAsync(Timers, "{}")).AssertWrong("url");

    [Test]
    public async Task Live_answers_even_so() => Assert.That((await GetAsync("/health/live")).Status, Is.EqualTo(200));

    [Test]
    public async Task Seed_routes_answer_their_500_with_retry_after()
    {
        var create = new { hours = 0, minutes = 0, seconds = 1, webhookUrl = Target };
        var answers = new[] { await PostAsync("/api/v1/timer", create), await GetAsync("/api/v1/timer/x") };

        foreach (var answer in answers)
        {
            SeedTimersTests.AssertSeedError(answer, 500);
            Assert.That(answer.Headers.RetryAfter!.ToString(), Is.EqualTo("1"));
        }
    }

    private static void AssertUnavailable(Answer answer, string outcome)
    {
        answer.AssertProblem(503);
        Assert.Multiple(() =>
        {
            Assert.That(answer["outcome"], Is.EqualTo(outcome));
            Assert.That(answer["detail"], Is.EqualTo(BrokenEngines.Reason));
            Assert.That(answer.Headers.RetryAfter?.ToString(), Is.EqualTo("1"));
        });
    }
}
