using Contracts.Messaging;
using Contracts.Timers;
using Microsoft.Extensions.DependencyInjection;
using Producer.Timers;
using Tests.Support;

namespace Tests.Producer;

/// <summary>Creating on a log that is applied later: 202 at once, 201 for those who wait or need to know who won a key.</summary>
public sealed class AcceptedTimersTests : RestTests
{
    private readonly DeferredLog log = new();
    private readonly object request = new { url = Target, delay = "PT1H" };

    protected override HostedStandalone CreateApp() => new(services => services.AddSingleton<IEventPublisher<TimerScheduled>>(log));

    [TearDown]
    public Task Apply() => log.ApplyAsync(App.Services.GetRequiredService<ITimerStore>());

    [Test]
    public async Task Create_answers_202_with_the_timer_that_is_going_to_be()
    {
        var answer = await PostAsync(Timers, request);

        Assert.That((answer.Status, answer.ETag, answer["state"]), Is.EqualTo((202, "\"1\"", "scheduled")));
        await Apply();
        var read = await GetAsync(answer.Headers.Location!.OriginalString);
        Assert.That((read.Status, read["dueAt"], read.ETag), Is.EqualTo((200, answer["dueAt"], answer.ETag)));
    }

    [Test]
    public async Task Batch_answers_202()
    {
        var answer = await PostAsync($"{Timers}/batch", new[] { request });

        Assert.That((answer.Status, answer.Json.GetProperty("results")[0].GetProperty("status").GetInt32()), Is.EqualTo((202, 202)));
    }

    [Test]
    public async Task Create_that_prefers_to_wait_answers_201_when_it_is_stored_and_202_when_time_is_up()
    {
        var waits = PostAsync(Timers, request, ("Prefer", "wait=30"));
        await Eventually.That(() => log.Count == 1, TimeSpan.FromSeconds(10), "it is on the log");
        await Apply();

        Assert.That(((await waits).Status, AppliedTo(await waits)), Is.EqualTo((201, "wait=30")));
        var late = await PostAsync(Timers, request, ("Prefer", "wait=0"));
        Assert.That((late.Status, AppliedTo(late)), Is.EqualTo((202, "wait=0")));
        Assert.That(AppliedTo(await PostAsync(Timers, request)), Is.Null);
    }

    [Test]
    public async Task Batch_that_prefers_to_wait_answers_201_when_all_are_stored_and_202_when_time_is_up()
    {
        var waits = PostAsync($"{Timers}/batch", new[] { request, request }, ("Prefer", "wait=30"));
        await Eventually.That(() => log.Count == 2, TimeSpan.FromSeconds(10), "they are on the log");
        await Apply();

        Assert.That(((await waits).Status, AppliedTo(await waits)), Is.EqualTo((201, "wait=30")));
        var late = await PostAsync($"{Timers}/batch", new[] { request }, ("Prefer", "wait=0"));
        Assert.That((late.Status, AppliedTo(late)), Is.EqualTo((202, "wait=0")));
    }

    [Test]
    public async Task Create_by_the_compatibility_route_that_prefers_to_wait_is_answered_when_it_is_stored()
    {
        var seed = new { hours = 1, minutes = 0, seconds = 0, webhookUrl = Target };
        Assert.That((await PostAsync("/api/v1/timer", seed)).Status, Is.EqualTo(201), "without the preference it does not wait");
        await Apply();

        var waits = PostAsync("/api/v1/timer", seed, ("Prefer", "wait=30"));
        await Eventually.That(() => log.Count == 1, TimeSpan.FromSeconds(10), "it is on the log");
        Assert.That(waits.IsCompleted, Is.False);
        await Apply();

        Assert.That(((await waits).Status, AppliedTo(await waits)), Is.EqualTo((201, "wait=30")));
        Assert.That((await GetAsync((await waits).Headers.Location!.OriginalString)).Status, Is.EqualTo(200));
        var late = await PostAsync("/api/v1/timer", seed, ("Prefer", "wait=0"));
        Assert.That((late.Status, AppliedTo(late)), Is.EqualTo((201, "wait=0")), "time was up");
    }

    [Test]
    public async Task Creates_under_one_key_wait_for_the_row_and_the_first_wins()
    {
        var first = PostAsync(Timers, request, ("Idempotency-Key", "late"));
        await Eventually.That(() => log.Count == 1, TimeSpan.FromSeconds(10), "the first is on the log");
        var second = PostAsync(Timers, new { url = Target, delay = "PT2H" }, ("Idempotency-Key", "late"));
        await Eventually.That(() => log.Count == 2, TimeSpan.FromSeconds(10), "the second is on the log");
        Assert.That((first.IsCompleted, second.IsCompleted), Is.EqualTo((false, false)), "nobody can tell yet who has the key");

        await Apply();

        Assert.That(((await first).Status, (await second).Status), Is.EqualTo((201, 409)));
    }

    [Test]
    public async Task Create_under_a_key_whose_row_does_not_come_in_time_answers_503_unknown_with_the_id()
    {
        using var impatient = CreateApp(deadline: TimeSpan.FromMilliseconds(100));
        using var http = impatient.CreateClient();
        using var content = Content(new { url = Target, delay = "PT1H", id = "never" });

        var answer = await Answer.ReadAsync(await http.PostAsync(Timers, content));

        answer.AssertProblem(503);
        Assert.That((answer["outcome"], answer["id"], answer.Headers.RetryAfter!.ToString()), Is.EqualTo(("unknown", "never", "1")));
    }

    [Test]
    public async Task A_create_whose_client_would_wait_past_the_deadline_is_accepted_all_the_same()
    {
        using var impatient = CreateApp(deadline: TimeSpan.FromMilliseconds(500));
        using var http = impatient.CreateClient();
        using var message = new HttpRequestMessage(HttpMethod.Post, Timers) { Content = Content(new { url = Target, delay = "PT1H" }) };
        message.Headers.Add("Prefer", "wait=30");

        var answer = await Answer.ReadAsync(await http.SendAsync(message));

        Assert.That(answer.Status, Is.EqualTo(202));
        Assert.That(answer.Headers.Contains("X-Tracking-Id"), Is.True);
    }

    private HostedStandalone CreateApp(TimeSpan deadline) => new(services => services
        .AddSingleton<IEventPublisher<TimerScheduled>>(log)
        .PostConfigure<TimersOptions>(options => options.Deadline = deadline));

    private static string? AppliedTo(Answer answer) =>
        answer.Headers.TryGetValues("Preference-Applied", out var values) ? values.Single() : null;
}
