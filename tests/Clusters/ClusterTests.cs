using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tests.EndToEnd;
using Tests.Faults;
using Tests.Support;

namespace Tests.Clusters;

/// <summary>Two of each program on Kafka, MongoDB and Redis: whatever one test breaks is whole again for the next.</summary>
[Category(FaultReport.Category)]
public sealed class ClusterTests : ClusterFixture
{
    private const int Stop = 19;
    private const int Continue = 18;
    private const int Stuck = 500;

    [Test]
    public async Task A_timer_created_over_rest_fires_and_get_shows_it()
    {
        using var answer = await Http.PostAsJsonAsync(Timers, new { url = Receiver.At("/hook"), delay = "PT1S", tags = new[] { "first" } });
        var timer = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var id = timer.GetProperty("id").GetString()!;
        Assert.That((answer.StatusCode, timer.GetProperty("state").GetString()), Is.EqualTo((HttpStatusCode.Accepted, "scheduled")));
        Assert.That((await GetAsync(id)).Status, Is.EqualTo(HttpStatusCode.OK), "as soon as it was accepted");

        await Eventually.That(() => Receiver.Count == 1, MaxWait, "the webhook arrives");
        await Eventually.That(async () => await Http.StateAsync(id) == "succeeded", MaxWait, "it has succeeded");
        Journal.CheckNothingEarly(Receiver);
        Assert.That((await Http.TimerAsync(id)).GetProperty("lastAttempt").GetProperty("status").GetInt32(), Is.EqualTo(200));
    }

    [Test]
    public async Task The_trace_of_the_request_passes_through_log_and_store_to_the_webhook()
    {
        const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        using var request = new HttpRequestMessage(HttpMethod.Post, Timers)
        {
            Content = JsonContent.Create(new { url = Receiver.At("/traced"), delay = "PT0.5S" }),
            Headers = { { "traceparent", $"00-{Trace}-00f067aa0ba902b7-01" } },
        };
        using var answer = await Http.SendAsync(request);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));

        await Eventually.That(() => Receiver.Count == 1, MaxWait, "the webhook arrives");
        Assert.That(Receiver.Journal[0].Headers["traceparent"], Does.Match($"^00-{Trace}-[0-9a-f]{{16}}-01$"));
    }

    [Test]
    public async Task Keys_waiting_and_what_is_not_there_are_answered_as_by_the_embedded_engines()
    {
        var id = $"order-{Guid.NewGuid():N}";
        var request = new { id, url = Receiver.At("/hook"), delay = "PT1H" };

        Assert.That(await PostAsync(request), Is.EqualTo(HttpStatusCode.Created), "a key is answered when the row is there");
        Assert.That(await PostAsync(request, producer: 1), Is.EqualTo(HttpStatusCode.Created), "the same again, at another Producer");
        Assert.That(
            await PostAsync(new { id, url = Receiver.At("/other"), delay = "PT1H" }, producer: 1), Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(
            (await GetAsync($"none-{Guid.NewGuid():N}")).Status, Is.EqualTo(HttpStatusCode.NotFound), "certain, since the log is applied");
        Assert.That((await Http.DeleteAsync($"{Timers}/{id}")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await Http.StateAsync(id), Is.EqualTo("cancelled"));
    }

    [Test]
    public async Task Redis_flushed_killed_or_hung_changes_no_answer()
    {
        var id = $"redis-{Guid.NewGuid():N}";
        await PostAsync(new { id, url = Receiver.At("/hook"), delay = "PT1H" });
        await Http.PostAsync($"{Timers}/{id}/pause", null);
        var whole = await AnswersAsync(id);
        var journal = NewJournal();

        Assert.That(Tools.Run("redis-cli", "-p", Cluster.Redis.Uri.Split(':')[1], "flushall").ExitCode, Is.Zero);
        Assert.That(await AnswersAsync(id), Is.EqualTo(whole), "flushed");
        await FireHundredAsync(journal);
        Cluster.Redis.Pause();
        Assert.That(await AnswersAsync(id), Is.EqualTo(whole), "hung");
        await FireHundredAsync(journal);
        Cluster.Redis.Resume();
        Cluster.Redis.Kill();
        Assert.That(await AnswersAsync(id), Is.EqualTo(whole), "killed");
        await FireHundredAsync(journal);
        Cluster.Redis.Start();
        Assert.That(await AnswersAsync(id), Is.EqualTo(whole), "back");

        // Nothing depends on it, so nothing is excused.
        FaultReport.Check("(13) Redis flushed, hung, killed", Engines, rounds: 3, journal.Evidence(Receiver));
    }

    [Test]
    public async Task Kafka_down_refuses_creates_and_all_that_is_stored_goes_on()
    {
        var journal = new Journal(Http);
        // All are stored by then, also on a slow machine: none may be late for that.
        var start = TimeProvider.System.GetUtcNow().AddSeconds(10);
        var count = (int)(Rounds.Outage.TotalSeconds * 50);
        await journal.CreateBatchAsync(count, i => new { url = Receiver.At("/hook"), dueAt = start.AddMilliseconds(i * 20) });
        var stored = $"kept-{Guid.NewGuid():N}";
        await PostAsync(new { id = stored, url = Receiver.At("/hook"), delay = "PT1H" });
        await AllStoredAsync(journal);

        Cluster.Kafka!.Kill();
        await Eventually.That(
            async () => await PostAsync(new { url = Receiver.At("/hook"), delay = "PT0S" }) == HttpStatusCode.ServiceUnavailable, MaxWait,
            "creates are refused");
        var refusing = new Journal(Http);
        for (var i = 0; i < 50; i++)
        {
            await refusing.CreateAsync(1, _ => new { url = Receiver.At("/refused"), delay = "PT0S" }, connections: 1);
        }

        Assert.That((refusing.Refused.Count, refusing.Unknown.Count), Is.EqualTo((50, 0)), "fast, and certain");
        Assert.That((await GetAsync(stored)).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(
            (await GetAsync($"none-{Guid.NewGuid():N}")).Status, Is.EqualTo(HttpStatusCode.ServiceUnavailable), "it may be on the log");
        Assert.That((await Http.DeleteAsync($"{Timers}/{stored}")).StatusCode, Is.EqualTo(HttpStatusCode.OK), "commands act on the store");
        await journal.DeliveredAsync(Receiver, Rounds.Outage + MaxWait);

        Cluster.Kafka.Start();
        await FiresAsync();
        refusing.Check(Receiver);
        Assert.That(Receiver.Journal.Where(arrival => arrival.Path == "/refused"), Is.Empty);
        Check("(1, 2, 4) Kafka down", journal);
        Assert.That(journal.Lateness(Receiver).Max(), Is.LessThan(TimeSpan.FromSeconds(2)), "timers keep firing on time");
    }

    [Test]
    public async Task MongoDB_down_creates_are_accepted_reads_come_from_the_cache_and_nothing_is_fired_twice()
    {
        var journal = new Journal(Http);
        var start = TimeProvider.System.GetUtcNow().AddSeconds(3);
        await journal.CreateBatchAsync(1_000, i => new { url = Receiver.At("/hook"), dueAt = start.AddMilliseconds(i * 5) });
        var cached = $"cached-{Guid.NewGuid():N}";
        await PostAsync(new { id = cached, url = Receiver.At("/hook"), delay = "PT1H" });
        await GetAsync(cached);
        await Eventually.That(() => Receiver.Count > 300, MaxWait, "some have arrived");

        var killedAt = TimeProvider.System.GetUtcNow();
        Cluster.Mongo.Kill();
        var during = new Journal(Http);
        await during.CreateAsync(200, _ => new { url = Receiver.At("/during"), delay = "PT1S" });
        Assert.That(during.Count, Is.EqualTo(200), "accepted, to be stored later");
        var copy = await GetAsync(cached);
        Assert.That((copy.Status, copy.CacheStatus), Is.EqualTo((HttpStatusCode.OK, "timers; hit; detail=stale")));
        Assert.That((await GetAsync($"none-{Guid.NewGuid():N}")).Status, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        await Task.Delay(Rounds.Outage);
        Cluster.Mongo.Start();
        var outage = new Fault("MongoDB down", killedAt, TimeProvider.System.GetUtcNow(), Doubt.Nothing) { Recovery = Recovery };

        await journal.DeliveredAsync(Receiver, MaxWait);
        await during.DeliveredAsync(Receiver, MaxWait);
        foreach (var (name, each) in new[] { ("MongoDB down", journal), ("MongoDB down, created meanwhile", during) })
        {
            Check($"(1, 4, 5) {name}", each, outage);
        }

        await Eventually.That(async () => (await GetAsync(cached)).CacheStatus is null, MaxWait, "the store answers again");
    }

    [Test]
    public async Task A_Runner_killed_in_the_middle_of_2000_timers_is_replaced_within_10_seconds()
    {
        var journal = new Journal(Http);
        var start = TimeProvider.System.GetUtcNow().AddSeconds(3);
        await journal.CreateBatchAsync(2_000, i => new { url = Receiver.At("/hook"), dueAt = start.AddMilliseconds(i * 2) });
        await Eventually.That(() => Receiver.Count > 700, MaxWait, "a third has arrived");

        var killedAt = TimeProvider.System.GetUtcNow();
        await Cluster.Runners[0].KillAsync();
        var kill = new Fault("a Runner killed", killedAt, TimeProvider.System.GetUtcNow());
        await journal.DeliveredAsync(Receiver, MaxWait);

        // Whatever the kill itself did not take, the budget of the oracle allows: 10 s.
        Check("(1, 5) a Runner killed", journal, kill);
    }

    [Test]
    public async Task A_Runner_stopped_past_its_lease_and_continued_sends_nothing_more_of_what_it_held()
    {
        // Slow answers, so that much is held when it is stopped.
        Receiver.Answer(_ => Task.Delay(100));
        var journal = new Journal(Http);
        var start = TimeProvider.System.GetUtcNow().AddSeconds(3);
        await journal.CreateBatchAsync(4_000, i => new { url = Receiver.At("/hook"), dueAt = start.AddMilliseconds(i / 2.0) });
        await Eventually.That(() => Receiver.Count > 500, MaxWait, "some have arrived");

        var stoppedAt = TimeProvider.System.GetUtcNow();
        Cluster.Runners[0].Signal(Stop);
        var stop = new Fault("a Runner stopped", stoppedAt, TimeProvider.System.GetUtcNow()) { Recovery = Recovery };
        await journal.DeliveredAsync(Receiver, MaxWait);
        var continuedAt = TimeProvider.System.GetUtcNow();
        Assert.That(continuedAt - stoppedAt, Is.GreaterThan(TimeSpan.FromSeconds(5)), "past its lease");
        var before = Receiver.Count;
        Cluster.Runners[0].Signal(Continue);

        // Its next timers show that it is well again, under another name.
        await FiresAsync();
        await FiresAsync();
        Check("(5) a Runner stopped past its lease", journal, stop);
        Assert.That(Receiver.Journal.Skip(before).Where(arrival => arrival.Path == "/hook"), Is.Empty, "sent after it was continued");
    }

    [Test]
    public async Task A_Consumer_and_a_Producer_killed_while_timers_are_created_lose_nothing()
    {
        var journal = new Journal(Cluster.Producers[0].Http);
        var other = new Journal(Cluster.Producers[1].Http);
        var creating = journal.CreateAsync(4_000, _ => new { url = Receiver.At("/hook"), delay = "PT1S" });
        var creatingToo = other.CreateAsync(4_000, _ => new { url = Receiver.At("/hook"), delay = "PT1S" });
        await Eventually.That(() => journal.Count > 500 && other.Count > 500, MaxWait, "creates flow");

        var killedAt = TimeProvider.System.GetUtcNow();
        await Cluster.Consumers[0].KillAsync();
        await Cluster.Producers[1].KillAsync();
        var kill = new Fault("a Consumer and a Producer killed", killedAt, TimeProvider.System.GetUtcNow(), Doubt.Nothing)
        { Recovery = Recovery };
        await Task.WhenAll(creating, creatingToo);

        // Nobody starts them again: what the Consumer had waits for the other one.
        await journal.DeliveredAsync(Receiver, MaxWait);
        await other.DeliveredAsync(Receiver, MaxWait);
        Check("(1) a Consumer killed", journal, kill);
        Check("(1) a Producer killed", other, kill);
        Assert.That(journal.Count, Is.EqualTo(4_000));
    }

    [Test]
    public async Task Programs_stopped_in_turn_under_creates_lose_and_repeat_nothing()
    {
        const int Clients = 8;
        var journal = NewJournal();
        var start = TimeProvider.System.GetUtcNow().AddSeconds(3);
        await journal.CreateBatchAsync(3_000, i => new { url = Receiver.At("/hook"), dueAt = start.AddMilliseconds(i * 6) });
        using var ended = new CancellationTokenSource();
        var clients = Task.WhenAll(Enumerable.Range(0, Clients).Select(client => CreateAsync(journal, client, ended.Token)));
        try
        {
            foreach (var (producer, consumer, runner) in Cluster.Producers.Zip(Cluster.Consumers, Cluster.Runners))
            {
                foreach (var process in new[] { runner, producer, consumer })
                {
                    await process.TerminateAsync();
                    Assert.That(process.ExitCode, Is.Zero, process.Output);
                    await process.StartAsync();
                }
            }
        }
        finally
        {
            await ended.CancelAsync();
            await clients;
        }

        await journal.DeliveredAsync(Receiver, MaxWait);
        Check("(14) rolling restart", journal);
        await TestContext.Out.WriteLineAsync(
            $"{journal.Refused.Count} refused, {journal.Unknown.Count} unknown, of {journal.Told.Count} answers");
        Assert.That(journal.Unknown, Has.Count.AtMost(Clients * Cluster.Producers.Count), "each client meets each stopped Producer once");
    }

    [Test]
    public async Task Destinations_that_hang_leave_the_others_alone()
    {
        string? tag = null;
        await Bystanders.AreLeftAloneAsync(async () =>
        {
            // The control of a further turn is not to meet what is left of the tarpit before it.
            await Eventually.That(async () => tag is null || await FailedAsync(tag) == Stuck, MaxWait, "the tarpit's timers have failed");
            var control = await OthersAsync(TimeProvider.System.GetUtcNow().AddSeconds(2));
            await control.DeliveredAsync(Receiver, MaxWait);

            await using var tarpit = await Receiver.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
            tag = $"stuck-{Guid.NewGuid():N}";
            var due = TimeProvider.System.GetUtcNow().AddSeconds(4);
            await NewJournal().CreateBatchAsync(
                Stuck, i => new
                { url = tarpit.At($"/{i % 5}"), dueAt = due, timeout = "PT60S", retry = new { attempts = 1 }, tags = new[] { tag } });
            var others = await OthersAsync(due.AddSeconds(1));
            await others.DeliveredAsync(Receiver, MaxWait);

            Assert.That(tarpit.Count, Is.GreaterThan(0), "some hang");
            Check("(12) beside a tarpit", others);
            return (control.Lateness(Receiver), others.Lateness(Receiver));
        });
    }

    /// <summary>A client of one Producer that goes to the other when it gets no answer; under a key it repeats the request there.</summary>
    private async Task CreateAsync(Journal journal, int producer, CancellationToken until)
    {
        while (!until.IsCancellationRequested)
        {
            var plain = await journal.CreateAsync(new { url = Receiver.At("/hook"), delay = "PT1S" }, client: producer);
            producer += plain.Verdict == Verdict.Ok ? 0 : 1;
            var key = Guid.NewGuid().ToString("N");
            var timer = new { url = Receiver.At("/hook"), delay = "PT1S" };
            while ((await journal.CreateAsync(timer, key, producer)).Verdict != Verdict.Ok)
            {
                producer++;
            }

            await Task.Delay(10, CancellationToken.None);
        }
    }

    /// <summary>A hundred timers, which fire while it is as it is now.</summary>
    private async Task FireHundredAsync(Journal journal)
    {
        var before = journal.Count;
        await journal.CreateAsync(100, _ => new { url = Receiver.At("/hook"), delay = "PT0.5S" });
        Assert.That(journal.Count - before, Is.EqualTo(100), "acknowledged");
        await journal.DeliveredAsync(Receiver, MaxWait);
    }

    private async Task<int> FailedAsync(string tag) =>
        (await Http.GetFromJsonAsync<JsonElement>($"{Timers}?tag={tag}&state=failed&limit=1000")).GetProperty("items").GetArrayLength();

    /// <summary>A second for each hundred, for those beside a tarpit and for the control.</summary>
    private async Task<Journal> OthersAsync(DateTimeOffset start)
    {
        var journal = NewJournal();
        await journal.CreateBatchAsync(500, i => new { url = Receiver.At("/hook"), dueAt = start.AddMilliseconds(i * 10) });
        return journal;
    }

    private Task AllStoredAsync(Journal journal) => Eventually.That(
        async () => (await GetAsync(journal.Acknowledged[^1].Id!)).State is "scheduled" or "armed"
            && (await Http.GetFromJsonAsync<JsonElement>($"{Timers}?limit=1")).GetProperty("items").GetArrayLength() == 1,
        MaxWait,
        "all are stored");

    private async Task<(HttpStatusCode Status, string? State, string? CacheStatus)> GetAsync(string id)
    {
        using var answer = await Http.GetAsync($"{Timers}/{id}");
        var timer = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (
            answer.StatusCode,
            timer.TryGetProperty("state", out var state) ? state.GetString() : null,
            answer.Headers.TryGetValues("Cache-Status", out var status) ? status.Single() : null);
    }

    /// <summary>What a client is told of a timer, of one that is not there, and of a command, as one text.</summary>
    private async Task<string> AnswersAsync(string id)
    {
        var found = await GetAsync(id);
        var missing = await GetAsync("there-is-no-such-timer");
        using var paused = await Http.PostAsync($"{Timers}/{id}/pause", null);
        return $"{found} {missing} {paused.StatusCode}";
    }
}
