using System.Net;
using Microsoft.AspNetCore.Http;
using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>Attempts, retries and receivers that misbehave, with the real program.</summary>
[NonParallelizable]
[Category(FaultReport.Category)]
public sealed class DeliveryTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);
    private StandaloneProcess standalone = null!;

    [OneTimeSetUp]
    public async Task Start() => standalone = await StandaloneProcess.StartNewAsync();

    [OneTimeTearDown]
    public async Task Stop() => await standalone.DisposeAsync();

    [Test]
    public async Task Retries_follow_the_schedule_never_early_under_one_webhook_id_and_end_with_success()
    {
        var calls = 0;
        await using var receiver = await Receiver.StartAsync(context =>
        {
            context.Response.StatusCode = Interlocked.Increment(ref calls) < 4 ? 500 : 200;
            return Task.CompletedTask;
        });
        var clients = new Journal(standalone.Http);
        var told = await clients.CreateAsync(new
        {
            url = receiver.At("/hook"),
            delay = "PT0.2S",
            retry = new { delays = new[] { "PT0.1S", "PT0.3S", "PT0.05S" } },
        });
        var id = told.Id!;

        await Eventually.That(async () => await standalone.Http.StateAsync(id) == "succeeded", MaxWait, "it succeeds in the end");
        var journal = receiver.Journal;
        Assert.Multiple(() =>
        {
            Assert.That(journal.Select(arrival => arrival.Attempt), Is.EqualTo(new[] { 1, 2, 3, 4 }));
            Assert.That(journal.Select(arrival => arrival.WebhookId).Distinct().ToList(), Has.Count.EqualTo(1));
            Assert.That(
                journal.Select(arrival => arrival.DueAt).Distinct().ToList(), Has.Count.EqualTo(1), "retries keep what was promised");
        });
        var attempts = await standalone.Http.GetStringAsync(new Uri($"/api/v1/timers/{id}/attempts", UriKind.Relative));
        Assert.That(attempts, Does.Contain("answered 500"));

        // That no pause is shorter than it says is the oracle's to see.
        await clients.SeeAsync(id);
        FaultReport.Check("(15) retries", "embedded", 1, clients.Evidence(receiver));
    }

    [Test]
    public async Task Exhausted_retries_end_in_failed_which_is_listed_and_replayed_to_success()
    {
        var status = 503;
        await using var receiver = await Receiver.StartAsync(context =>
        {
            context.Response.StatusCode = Volatile.Read(ref status);
            return Task.CompletedTask;
        });
        var tag = Guid.NewGuid().ToString("N");
        var id = await standalone.Http.CreateAsync(new
        {
            url = receiver.At("/hook"),
            delay = "PT0S",
            tags = new[] { tag },
            retry = new { attempts = 2, firstDelay = "PT0.01S" },
        });
        await Eventually.That(async () => await standalone.Http.StateAsync(id) == "failed", MaxWait, "it fails");
        Assert.That(
            await standalone.Http.GetStringAsync(new Uri($"/api/v1/timers?state=failed&tag={tag}", UriKind.Relative)), Does.Contain(id));

        Volatile.Write(ref status, 200);
        using var replayed = await standalone.Http.PostAsync(new Uri($"/api/v1/timers/{id}/replay", UriKind.Relative), null);

        Assert.That(replayed.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        await Eventually.That(async () => await standalone.Http.StateAsync(id) == "succeeded", MaxWait, "the replay succeeds");
        Assert.That(receiver.Journal.Select(arrival => arrival.Attempt), Is.EqualTo(new[] { 1, 2, 3 }), "numbers go on");
        Assert.That(receiver.Journal.Select(arrival => arrival.WebhookId).Distinct().ToList(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Gone_gives_up_at_once()
    {
        await using var receiver = await Receiver.StartAsync(context =>
        {
            context.Response.StatusCode = 410;
            return Task.CompletedTask;
        });
        var id = await standalone.Http.CreateAsync(
            new { url = receiver.At("/hook"), delay = "PT0S", retry = new { firstDelay = "PT0.01S" } });

        await Eventually.That(async () => await standalone.Http.StateAsync(id) == "failed", MaxWait, "it fails");
        Assert.That(receiver.Count, Is.EqualTo(1));
    }

    [Test]
    public async Task A_redirect_is_a_failure_and_is_not_followed()
    {
        await using var receiver = await Receiver.StartAsync(context =>
        {
            context.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        });
        var id = await standalone.Http.CreateAsync(new { url = receiver.At("/hook"), delay = "PT0S", retry = new { attempts = 1 } });

        await Eventually.That(async () => await standalone.Http.StateAsync(id) == "failed", MaxWait, "it fails");
        Assert.That(receiver.Journal.Select(arrival => arrival.Path), Is.EqualTo(new[] { "/hook" }));
        var timer = await standalone.Http.TimerAsync(id);
        Assert.That(timer.GetProperty("lastAttempt").GetProperty("error").GetString(), Does.Contain("redirects are not followed"));
    }

    [Test]
    public async Task Retry_after_is_honoured()
    {
        var calls = 0;
        await using var receiver = await Receiver.StartAsync(context =>
        {
            if (Interlocked.Increment(ref calls) == 1)
            {
                context.Response.StatusCode = 429;
                context.Response.Headers.RetryAfter = "1";
            }

            return Task.CompletedTask;
        });
        await standalone.Http.CreateAsync(new { url = receiver.At("/hook"), delay = "PT0S", retry = new { firstDelay = "PT0.01S" } });

        await Eventually.That(() => receiver.Count == 2, MaxWait, "the retry comes");
        Assert.That(receiver.Journal[1].At - receiver.Journal[0].At, Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(1)));
    }

    [TestCase(500, "failed")]
    [TestCase(200, "succeeded")]
    public async Task An_answer_that_never_ends_is_cut_off_at_the_time_out_and_its_status_counts(int status, string state)
    {
        await using var receiver = await Receiver.StartAsync(async context =>
        {
            context.Response.StatusCode = status;
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.WriteAsync(".");
                await context.Response.Body.FlushAsync();
                await Task.Delay(20, context.RequestAborted);
            }
        });
        var id = await standalone.Http.CreateAsync(
            new { url = receiver.At("/hook"), delay = "PT0S", timeout = "PT0.3S", retry = new { attempts = 1 } });

        await Eventually.That(async () => await standalone.Http.StateAsync(id) == state, MaxWait, $"it has {state}");
        var last = (await standalone.Http.TimerAsync(id)).GetProperty("lastAttempt");
        Assert.That(last.GetProperty("status").GetInt32(), Is.EqualTo(status));
        if (state == "failed")
        {
            Assert.That(last.GetProperty("error").GetString(), Does.Contain("within 0.3 s"));
        }
    }

    [Test]
    public async Task A_parked_timer_whose_answer_does_not_come_is_not_sent_again_until_a_person_says_so()
    {
        var hang = true;
        await using var receiver = await Receiver.StartAsync(
            context => Volatile.Read(ref hang) ? Task.Delay(Timeout.Infinite, context.RequestAborted) : Task.CompletedTask);
        var id = await standalone.Http.CreateAsync(new
        {
            url = receiver.At("/hook"),
            delay = "PT0S",
            timeout = "PT0.2S",
            onAmbiguous = "park",
            retry = new { firstDelay = "PT0.01S" },
        });
        await Eventually.That(async () => await standalone.Http.StateAsync(id) == "ambiguous", MaxWait, "it waits for a person");
        Assert.That(receiver.Count, Is.EqualTo(1));

        Volatile.Write(ref hang, false);
        using var replayed = await standalone.Http.PostAsync(new Uri($"/api/v1/timers/{id}/replay", UriKind.Relative), null);

        await Eventually.That(async () => await standalone.Http.StateAsync(id) == "succeeded", MaxWait, "the replay succeeds");
        Assert.That(receiver.Journal.Select(arrival => arrival.WebhookId).Distinct().ToList(), Has.Count.EqualTo(1));
    }
}
