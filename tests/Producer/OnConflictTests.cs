using System.Globalization;
using System.Net.Http.Json;
using Contracts.Messaging;
using Contracts.Timers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tests.Support;

namespace Tests.Producer;

/// <summary>onConflict decides about a create whose id is taken: the timer that has it, a refusal, or a replacement.</summary>
public sealed class OnConflictTests : RestTests
{
    [TestCase(null, 201)]
    [TestCase("return", 201)]
    [TestCase("reject", 409)]
    [TestCase("replace", 200)]
    public async Task A_repetition_of_the_same_content_is_answered_as_the_policy_says(string? onConflict, int status)
    {
        var id = $"same-{onConflict}";
        var first = await CreateAsync(new { url = Target, dueAt = "2030-01-31T08:00:00Z", id });

        var again = await PostAsync(Timers, new { url = Target, dueAt = "2030-01-31T08:00:00Z", id, onConflict });

        Assert.That(again.Status, Is.EqualTo(status), again.Text);
        Assert.That(again.Headers.Contains("Idempotent-Replayed"), Is.EqualTo(status == 201));
        if (status == 409)
        {
            again.AssertProblem(409);
            Assert.That(again["detail"], Is.EqualTo($"There is a timer '{id}' under this key."));
        }

        Assert.That((await GetAsync($"{Timers}/{id}"))["createdAt"], Is.EqualTo(first["createdAt"]));
    }

    [TestCase(null)]
    [TestCase("return")]
    [TestCase("reject")]
    public async Task Other_content_is_refused_unless_it_replaces(string? onConflict)
    {
        var id = $"other-{onConflict}";
        await CreateAsync(new { url = Target, delay = "PT1H", id });

        (await PostAsync(Timers, new { url = Target, delay = "PT2H", id, onConflict })).AssertProblem(409);

        Assert.That((await GetAsync($"{Timers}/{id}")).ETag, Is.EqualTo("\"1\""));
    }

    [TestCase("return")]
    [TestCase("reject")]
    [TestCase("replace")]
    public async Task A_free_id_is_taken_whatever_the_policy_is(string onConflict)
    {
        var created = await CreateAsync(new { url = Target, delay = "PT1H", id = $"free-{onConflict}", onConflict });

        Assert.That((created.ETag, created.Headers.Contains("Idempotent-Replayed")), Is.EqualTo(("\"1\"", false)));
        var without = await PostAsync(Timers, new { url = Target, delay = "PT1H", onConflict });
        Assert.That(without.Status, Is.EqualTo(201), "no id of its own");
    }

    [Test]
    public async Task A_replacement_has_the_new_content_and_instant_and_nothing_of_the_old()
    {
        await CreateAsync(new
        {
            url = Target,
            delay = "PT1H",
            id = "replaced",
            tags = new[] { "old" },
            headers = new { a = "b" },
            body = new { n = 1 },
            timeout = "PT1S",
        });
        await PostAsync($"{Timers}/replaced/pause");
        var request = new
        {
            url = $"{Target}/2",
            dueAt = "2031-01-31T08:00:00Z",
            id = "replaced",
            method = "PUT",
            tags = new[] { "fresh" },
        };

        var replaced = await PostAsync(Timers, With(request, "replace"));

        Assert.That((replaced.Status, replaced["state"], replaced.ETag), Is.EqualTo((200, "scheduled", "\"3\"")), replaced.Text);
        var read = (await GetAsync($"{Timers}/replaced")).Json;
        Assert.That(
            (read.GetProperty("url").GetString(), read.GetProperty("method").GetString(), read.GetProperty("dueAt").GetString()),
            Is.EqualTo(($"{Target}/2", "PUT", "2031-01-31T08:00:00.000Z")));
        Assert.That(read.GetProperty("timeout").GetString(), Is.EqualTo("PT15S"));
        Assert.That(read.TryGetProperty("body", out _) || read.TryGetProperty("headers", out _), Is.False);
        Assert.That((await GetAsync($"{Timers}?tag=old")).Json.GetProperty("items").GetArrayLength(), Is.Zero);
        Assert.That((await GetAsync($"{Timers}?tag=fresh")).Json.GetProperty("items").GetArrayLength(), Is.EqualTo(1));
        Assert.That(replaced.Headers.Location!.OriginalString, Is.EqualTo($"{Timers}/replaced"));

        // The row has the new content's fingerprint: a repetition of it is one, and of the old content is not.
        Assert.That((await PostAsync(Timers, request)).Header("Idempotent-Replayed"), Is.EqualTo("true"));
        (await PostAsync(Timers, new { url = Target, delay = "PT1H", id = "replaced" })).AssertProblem(409);
        var tracked = await GetAsync($"/api/v1/events/{replaced.Header("X-Tracking-Id")}");
        Assert.That((tracked["state"], tracked["location"]), Is.EqualTo(("applied", $"{Timers}/replaced")));
    }

    [Test]
    public async Task A_replacement_by_a_delay_counts_from_now()
    {
        var first = await CreateAsync(new { url = Target, delay = "PT1H", id = "debounced" });
        var dueAt = DateTimeOffset.Parse(first["dueAt"], CultureInfo.InvariantCulture);
        await Eventually.That(
            () => TimeProvider.System.GetUtcNow().AddHours(1) > dueAt.AddMilliseconds(2), TimeSpan.FromSeconds(5), "time passes");

        var second = await PostAsync(Timers, new { url = Target, delay = "PT1H", id = "debounced", onConflict = "replace" });

        Assert.That(DateTimeOffset.Parse(second["dueAt"], CultureInfo.InvariantCulture), Is.GreaterThan(dueAt));
    }

    [Test]
    public async Task A_timer_that_has_finished_is_not_replaced()
    {
        await using var receiver = await Receiver.StartAsync();
        await CreateAsync(new { url = receiver.At("/"), delay = "PT0S", id = "finished" });
        await StateBecomesAsync("finished", "succeeded");

        var refused = await PostAsync(Timers, new { url = Target, delay = "PT1H", id = "finished", onConflict = "replace" });

        refused.AssertProblem(409);
        Assert.That(refused["detail"], Does.Contain("It has already finished: succeeded."));
        await DeleteAsync($"{Timers}/finished");
        Assert.That((await PostAsync(Timers, new { url = Target, delay = "PT1H", id = "finished", onConflict = "replace" })).Status,
            Is.EqualTo(201), "its id is free");
    }

    [Test]
    public async Task A_timer_that_is_being_fired_is_not_replaced()
    {
        var mayAnswer = new TaskCompletionSource();
        await using var receiver = await Receiver.StartAsync(_ => mayAnswer.Task);
        await CreateAsync(new { url = receiver.At("/"), delay = "PT0S", id = "firing" });
        await Eventually.That(() => receiver.Count == 1, TimeSpan.FromSeconds(10), "it is being sent");

        var refused = await PostAsync(Timers, new { url = Target, delay = "PT1H", id = "firing", onConflict = "replace" });

        mayAnswer.SetResult();
        refused.AssertProblem(409);
        Assert.That(refused["detail"], Does.Contain("It is being fired"));
        await StateBecomesAsync("firing", "succeeded");
    }

    [Test]
    public async Task Items_of_a_batch_each_have_their_policy_and_replace_in_order()
    {
        await CreateAsync(new { url = Target, delay = "PT1H", id = "batch-1" });
        await CreateAsync(new { url = Target, delay = "PT1H", id = "batch-2" });
        object[] items =
        [
            new { url = Target, delay = "PT2H", id = "batch-1", onConflict = "replace" },
            new { url = Target, delay = "PT1H", id = "batch-2", onConflict = "reject" },
            new { url = Target, delay = "PT1H", id = "batch-2" },
            new { url = Target, delay = "PT3H", id = "batch-1", method = "PUT", onConflict = "replace" },
            new { url = Target, delay = "PT1H", id = "batch-3", onConflict = "replace" },
            new { url = Target, delay = "PT1H", id = "batch-4", onConflict = "overwrite" },
        ];

        var batch = await PostAsync($"{Timers}/batch", items);

        var results = batch.Json.GetProperty("results").EnumerateArray().ToList();
        Assert.That((batch.Status, batch["accepted"], batch["refused"]), Is.EqualTo((207, "4", "2")), batch.Text);
        Assert.That(
            results.Select(result => result.GetProperty("status").GetInt32()), Is.EqualTo(new[] { 200, 409, 201, 200, 201, 400 }));
        Assert.That(results[1].GetProperty("errors").GetProperty("id")[0].GetString(), Is.EqualTo("is in use by a timer"));
        Assert.That(
            results[5].GetProperty("errors").GetProperty("onConflict")[0].GetString(), Is.EqualTo("must be return, reject or replace"));
        Assert.That((await GetAsync($"{Timers}/batch-1"))["method"], Is.EqualTo("PUT"), "the later one is last");
    }

    [Test]
    public async Task A_policy_that_is_none_is_refused_and_so_is_one_where_nothing_is_created()
    {
        (await PostAsync(Timers, new { url = Target, delay = "PT1H", onConflict = "overwrite" })).AssertWrong("onConflict");
        (await PostAsync(Timers, new { url = Target, delay = "PT1H", onConflict = 1 })).AssertWrong("onConflict");
        var id = await CreateIdAsync();
        (await PatchAsync($"{Timers}/{id}", new { onConflict = "replace" })).AssertWrong("onConflict");
    }

    [Test]
    public async Task Before_a_broker_the_answer_waits_for_what_the_id_has_become()
    {
        var log = new DeferredLog { HasPositions = true };
        await using var app = new HostedStandalone(
            services => services.Replace(ServiceDescriptor.Singleton<IEventPublisher<TimerScheduled>>(log)));
        using var http = app.CreateClient();
        var store = app.Services.GetRequiredService<ITimerStore>();
        var request = new { url = Target, delay = "PT1H", id = "far", onConflict = "replace" };

        var creating = http.PostAsJsonAsync(Timers, request);
        await Eventually.That(() => log.Count == 1, TimeSpan.FromSeconds(10), "it is on the log");
        Assert.That(creating.IsCompleted, Is.False, "who has the id is not known yet");
        await log.ApplyAsync(store);
        Assert.That((int)(await creating).StatusCode, Is.EqualTo(201));

        using var message = await http.PostAsJsonAsync(Timers, request with { delay = "PT2H" });
        var replaced = await Answer.ReadAsync(message);
        await log.ApplyAsync(store);

        Assert.That(replaced.Status, Is.EqualTo(200), replaced.Text);
        var dueAt = (await http.TimerAsync("far")).GetProperty("dueAt").GetString();
        Assert.That(dueAt, Is.EqualTo(replaced["dueAt"]), "the create lost the id");
        using var tracked = await http.GetAsync($"/api/v1/events/{replaced.Header("X-Tracking-Id")}");
        Assert.That((await Answer.ReadAsync(tracked))["state"], Is.EqualTo("applied"));
    }

    private static object With(object request, string onConflict)
    {
        var fields = System.Text.Json.JsonSerializer.SerializeToNode(request)!.AsObject();
        fields["onConflict"] = onConflict;
        return fields.ToJsonString();
    }
}
