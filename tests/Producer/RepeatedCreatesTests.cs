using Contracts.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tests.Support;

namespace Tests.Producer;

/// <summary>A create that is repeated gives the first answer, however it is written and however late it comes.</summary>
public sealed class RepeatedCreatesTests : RestTests
{
    private readonly SetClock clock = new();

    protected override HostedStandalone CreateApp() => new(services => services.Replace(ServiceDescriptor.Singleton<IStoreClock>(clock)));

    [Test]
    public async Task A_repetition_gives_the_first_answer_even_when_its_instant_has_gone_by()
    {
        var request = new { url = Target, dueAt = clock.Now.AddSeconds(-59), id = "late" };
        var key = ("Idempotency-Key", "late-key");
        var first = await CreateAsync(request);
        var keyed = await PostAsync(Timers, new { request.url, request.dueAt }, key);

        clock.Ahead = TimeSpan.FromHours(1);
        var again = await PostAsync(Timers, request);
        var keyedAgain = await PostAsync(Timers, new { request.url, request.dueAt }, key);
        object[] items = [request, request with { id = "other" }, request with { url = Target + "2" }];
        var batch = await PostAsync($"{Timers}/batch", items);

        Assert.Multiple(() =>
        {
            Assert.That((again.Status, again["id"], again["dueAt"]), Is.EqualTo((201, "late", first["dueAt"])));
            Assert.That(again.Headers.GetValues("Idempotent-Replayed"), Is.EqualTo(["true"]));
            Assert.That(again.Headers.GetValues("X-Tracking-Id").Single(), Is.Not.Empty);
            Assert.That((keyedAgain.Status, keyedAgain["id"]), Is.EqualTo((201, keyed["id"])));
            Assert.That(batch.Json.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("status").GetInt32()),
                Is.EqualTo(new[] { 201, 400, 400 }), "the third has another content");
        });
        (await PostAsync(Timers, new { request.url, request.dueAt, id = "new" })).AssertWrong("dueAt");
        (await PostAsync(Timers, new { request.url, request.dueAt })).AssertWrong("dueAt");
    }

    [Test]
    public async Task A_repetition_may_be_written_in_another_way()
    {
        var first = await CreateAsync($$$"""
            {
              "id": "written", "url": "{{{Target}}}", "dueAt": "2030-01-31T08:00:00Z", "headers": { "X-A": "1", "X-B": "2" },
              "tags": ["a", "b"], "body": { "n": 1.0 }
            }
            """);

        var again = await PostAsync(Timers, $$$"""
            {
              "retry": { "attempts": 5, "firstDelay": "PT5S" }, "timeout": { "seconds": 15 }, "method": "post", "onAmbiguous": "redeliver",
              "body": { "n": 1.0 }, "tags": ["b", "a", "b"], "headers": { "x-b": "2", "x-a": "1" }, "metadata": null,
              "dueAt": "2030-01-31T09:00:00.0000+01:00", "url": "{{{Target}}}", "id": "written"
            }
            """);

        Assert.That((again.Status, again["createdAt"]), Is.EqualTo((201, first["createdAt"])), again.Text);
        Assert.That(again.Headers.GetValues("Idempotent-Replayed"), Is.EqualTo(["true"]));
    }

    [TestCase("""{"id":"content","url":"http://127.0.0.1:2/hook","delay":"PT1H","body":{"n":1.00}}""")]
    [TestCase("""{"id":"content","url":"http://127.0.0.1:2/hook","delay":"PT1H1S","body":{"n":1.0}}""")]
    [TestCase("""{"id":"content","url":"http://127.0.0.1:2/hook/","delay":"PT1H","body":{"n":1.0}}""")]
    [TestCase("""{"id":"content","url":"http://127.0.0.1:2/hook","delay":"PT1H","body":{"n":1.0},"headers":{"a":"b"}}""")]
    [TestCase("""{"id":"content","url":"http://127.0.0.1:2/hook","delay":"PT1H","body":{"n":1.0},"retry":{"attempts":4}}""")]
    public async Task Another_content_is_no_repetition(string other)
    {
        const string first = """{"id":"content","url":"http://127.0.0.1:2/hook","delay":"PT1H","body":{"n":1.0}}""";
        Assert.That((await PostAsync(Timers, first)).Status, Is.EqualTo(201));

        (await PostAsync(Timers, other)).AssertProblem(409);
        Assert.That((await PostAsync(Timers, first)).Status, Is.EqualTo(201));
    }

    private sealed class SetClock : IStoreClock
    {
        public TimeSpan Ahead { get; set; }

        public DateTimeOffset Now => TimeProvider.System.GetUtcNow() + Ahead;
    }
}
