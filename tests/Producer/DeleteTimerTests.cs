using Contracts.Common;
using Contracts.Timers;
using Microsoft.Extensions.DependencyInjection;
using Tests.Support;

namespace Tests.Producer;

/// <summary>DELETE cancels a timer that has not finished, and erases one that has: then its id is free.</summary>
public sealed class DeleteTimerTests : RestTests
{
    [Test]
    public async Task Delete_of_a_pending_timer_cancels_it_and_the_next_one_erases_it()
    {
        var id = await CreateIdAsync(new { url = Target, delay = "PT1H", id = "pending", tags = new[] { "erasable" } });

        var cancelled = await DeleteAsync($"{Timers}/{id}");
        var erased = await DeleteAsync($"{Timers}/{id}");

        Assert.That((cancelled.Status, cancelled["state"], cancelled.ETag), Is.EqualTo((200, "cancelled", "\"2\"")));
        Assert.That((erased.Status, erased.Text), Is.EqualTo((204, string.Empty)));
        (await GetAsync($"{Timers}/{id}")).AssertProblem(404);
        (await GetAsync($"{Timers}/{id}/attempts")).AssertProblem(404);
        (await DeleteAsync($"{Timers}/{id}")).AssertProblem(404);
        (await PostAsync($"{Timers}/{id}/cancel")).AssertProblem(404);
        Assert.That((await GetAsync($"{Timers}?tag=erasable")).Json.GetProperty("items").GetArrayLength(), Is.Zero);
    }

    [TestCase(200, "succeeded")]
    [TestCase(410, "failed")]
    public async Task Delete_of_a_timer_that_was_sent_erases_it_with_its_attempts(int answer, string state)
    {
        await using var receiver = await Receiver.StartAsync(context =>
        {
            context.Response.StatusCode = answer;
            return Task.CompletedTask;
        });
        var id = await CreateIdAsync(new { url = receiver.At("/sent"), delay = "PT0S", id = $"sent-{state}" });
        await StateBecomesAsync(id, state);

        Assert.That((await DeleteAsync($"{Timers}/{id}")).Status, Is.EqualTo(204));

        // A final copy in the cache would else be served for a minute.
        (await GetAsync($"{Timers}/{id}")).AssertProblem(404);
        (await GetAsync($"{Timers}/{id}/attempts")).AssertProblem(404);
        Assert.That((await GetAsync($"/api/v1/timer/{id}")).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task An_id_is_free_after_the_erasure_and_its_next_timer_is_another_webhook()
    {
        await using var receiver = await Receiver.StartAsync();
        var first = await CreateAsync(new { url = receiver.At("/first"), delay = "PT0S", id = "used-twice" });
        await StateBecomesAsync("used-twice", "succeeded");
        (await PostAsync(Timers, new { url = receiver.At("/second"), delay = "PT0S", id = "used-twice" })).AssertProblem(409);
        await DeleteAsync($"{Timers}/used-twice");

        var second = await CreateAsync(new { url = receiver.At("/second"), delay = "PT0S", id = "used-twice" });

        Assert.That(second.Headers.Contains("Idempotent-Replayed"), Is.False);
        Assert.That(second["createdAt"], Is.GreaterThan(first["createdAt"]));
        await StateBecomesAsync("used-twice", "succeeded");
        Assert.That(receiver.Journal.Select(arrival => arrival.WebhookId), Is.Unique.And.Exactly(2).Items);
        var attempts = (await GetAsync($"{Timers}/used-twice/attempts")).Json.GetProperty("items");
        Assert.That(attempts.GetArrayLength(), Is.EqualTo(1), "those of the first are gone");
    }

    [Test]
    public async Task An_idempotency_key_is_free_after_the_erasure()
    {
        var key = ("Idempotency-Key", "erased-key");
        var first = await PostAsync(Timers, new { url = Target, delay = "PT1H" }, key);
        await DeleteAsync($"{Timers}/{first["id"]}");
        (await PostAsync(Timers, new { url = Target, delay = "PT2H" }, key)).AssertProblem(409);
        await DeleteAsync($"{Timers}/{first["id"]}");

        var second = await PostAsync(Timers, new { url = Target, delay = "PT2H" }, key);

        Assert.That((second.Status, second["id"], second["state"]), Is.EqualTo((201, first["id"], "scheduled")));
        Assert.That(second.Headers.Contains("Idempotent-Replayed"), Is.False);
        var tracking = second.Headers.GetValues("X-Tracking-Id").Single();
        Assert.That((await GetAsync($"/api/v1/events/{tracking}"))["state"], Is.EqualTo("applied"));
    }

    [Test]
    public async Task Delete_by_the_version_of_a_pending_timer_never_erases_it()
    {
        var created = await CreateAsync();
        var path = $"{Timers}/{created["id"]}";
        await DeleteAsync(path, ("If-Match", created.ETag!));

        (await DeleteAsync(path, ("If-Match", created.ETag!))).AssertProblem(412);

        var cancelled = await GetAsync(path);
        Assert.That(cancelled["state"], Is.EqualTo("cancelled"));
        Assert.That((await DeleteAsync(path, ("If-Match", cancelled.ETag!))).Status, Is.EqualTo(204));
    }

    [Test]
    public async Task Cancel_of_a_cancelled_timer_leaves_it_as_it_is()
    {
        var id = await CreateIdAsync();

        var first = await PostAsync($"{Timers}/{id}/cancel");
        var again = await PostAsync($"{Timers}/{id}/cancel");

        Assert.That((first.Status, again.Status, again.ETag), Is.EqualTo((200, 200, first.ETag)));
    }

    [Test]
    public async Task A_create_from_before_the_erasure_that_the_log_gives_again_brings_nothing_back()
    {
        await CreateAsync(new { url = Target, delay = "PT1H", id = "stays-away" });
        var store = App.Services.GetRequiredService<ITimerStore>();
        var row = (await store.FindAsync([TimerKey.FromId(Tenant.Default, "stays-away")], default)).Single();
        await DeleteAsync($"{Timers}/stays-away");
        await DeleteAsync($"{Timers}/stays-away");

        await store.AddAsync([new TimerScheduled(row.Key, row.DueAt, row.CreatedAt, row.Spec, row.Fingerprint)], default);

        (await GetAsync($"{Timers}/stays-away")).AssertProblem(404);
    }
}
