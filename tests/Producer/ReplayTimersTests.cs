using Tests.Support;

namespace Tests.Producer;

/// <summary>Replay of failed timers, one by one and by filter.</summary>
public sealed class ReplayTimersTests : RestTests
{
    private const string Replay = $"{Timers}/replay";
    private Receiver receiver = null!;
    private volatile int status;

    [SetUp]
    public async Task StartReceiver()
    {
        status = 500;
        receiver = await Receiver.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
    }

    [TearDown]
    public async Task StopReceiver() => await receiver.DisposeAsync();

    [Test]
    public async Task Replay_of_a_failed_timer_tries_again_with_the_same_webhook_id_and_instant()
    {
        var id = (await FailAsync("one", 1))[0];
        var dueAt = (await GetAsync($"{Timers}/{id}"))["dueAt"];
        status = 200;

        var answer = await PostAsync($"{Timers}/{id}/replay");

        Assert.That((answer.Status, answer["state"], answer["dueAt"]), Is.EqualTo((200, "scheduled", dueAt)));
        await StateBecomesAsync(id, "succeeded");
        Assert.That(receiver.Journal.Select(arrival => arrival.WebhookId).Distinct().Count(), Is.EqualTo(1));
        Assert.That(receiver.Journal.Select(arrival => arrival.Attempt), Is.EqualTo([1, 2]));
    }

    [Test]
    public async Task Replay_by_filter_takes_only_failed_timers_that_match()
    {
        var matching = await FailAsync("these", 3);
        await FailAsync("others", 1);
        await CreateIdAsync(new { url = Target, delay = "PT1H", tags = new[] { "these" } });
        status = 200;

        var answer = await PostAsync(Replay, new { tag = "these", dueFrom = "2020-01-01T00:00:00Z", dueTo = "2100-01-01T00:00:00Z" });

        Assert.That((answer.Status, answer.Text), Is.EqualTo((200, """{"replayed":3,"more":false}""")));
        foreach (var id in matching)
        {
            await StateBecomesAsync(id, "succeeded");
        }
    }

    [Test]
    public async Task Replay_by_filter_stops_at_the_limit_and_says_that_there_is_more()
    {
        await FailAsync("many", 3);
        status = 200;

        var first = await PostAsync(Replay, new { tag = "many", limit = 2 });
        var second = await PostAsync(Replay, new { tag = "many", limit = 2 });

        Assert.That((first["replayed"], first["more"], second["replayed"]), Is.EqualTo(("2", "True", "1")));
    }

    [Test]
    public async Task Replay_without_a_body_takes_all_failed_timers()
    {
        var failed = await FailAsync("all", 2);
        status = 200;

        var answer = await PostAsync(Replay);

        Assert.That(answer.Json.GetProperty("replayed").GetInt32(), Is.GreaterThanOrEqualTo(2));
        foreach (var id in failed)
        {
            await StateBecomesAsync(id, "succeeded");
        }
    }

    [TestCase("[]", "$")]
    [TestCase("{", "$")]
    [TestCase("""{"tag":1}""", "tag")]
    [TestCase("""{"tag":""}""", "tag")]
    [TestCase("""{"limit":0}""", "limit")]
    [TestCase("""{"limit":10001}""", "limit")]
    [TestCase("""{"limit":"5"}""", "limit")]
    [TestCase("""{"limit":1.5}""", "limit")]
    [TestCase("""{"dueFrom":"x"}""", "dueFrom")]
    [TestCase("""{"dueTo":1}""", "dueTo")]
    [TestCase("""{"dueFrom":"2031-01-02T00:00:00Z","dueTo":"2031-01-01T00:00:00Z"}""", "dueTo")]
    [TestCase("""{"state":"failed"}""", "state")]
    [TestCase("""{"\ud800":1}""", "$")]
    public async Task Replay_by_a_wrong_filter_names_what_is_wrong(string filter, string field) =>
        (await PostAsync(Replay, filter)).AssertWrong(field);

    /// <summary>Timers that were tried once, in vain.</summary>
    private async Task<List<string>> FailAsync(string tag, int count)
    {
        var ids = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var timer = new { url = receiver.At("/hook"), delay = "PT0S", retry = new { attempts = 1 }, tags = new[] { tag } };
            ids.Add(await CreateIdAsync(timer));
        }

        foreach (var id in ids)
        {
            await StateBecomesAsync(id, "failed");
        }

        return ids;
    }
}
