using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>Commands against a Runner that is about to send: what the answer says holds at the receiver.</summary>
[NonParallelizable]
[Category(FaultReport.Category)]
public sealed class ControlTests
{
    /// <summary>Cancels under way at the same time.</summary>
    private const int Cancelling = 48;

    [Test]
    public async Task Ten_thousand_cancels_within_50_ms_around_the_due_instant_are_answered_honestly()
    {
        const int Count = 10_000;
        const int Trial = 500;
        await using var receiver = await Receiver.StartAsync();
        await using var standalone = await StandaloneProcess.StartNewAsync();
        await CancelSomeAsync(standalone, receiver, Trial);
        var trial = await CancelSomeAsync(standalone, receiver, Trial);
        var journal = new Journal(standalone.Http);
        var due = TimeProvider.System.GetUtcNow().AddSeconds(6) + (2 * trial);

        // Spread so that the cancels, as fast as this machine sends them, meet their timers around the due instant.
        var spread = TimeSpan.FromSeconds(Math.Max(8, (Count / Trial * trial).TotalSeconds));
        await journal.CreateBatchAsync(Count, i => new { url = receiver.At("/hook"), dueAt = due + (spread * (i / (double)Count)) });
        var timers = journal.Acknowledged;
        var before = 0;
        var beforeAndCancelled = 0;
        var turn = -1;
        await Task.WhenAll(Enumerable.Range(0, Cancelling).Select(async _ =>
        {
            var random = new Random(1);
            while (Interlocked.Increment(ref turn) is var i && i < timers.Count)
            {
                var dueAt = timers[i].DueAt!.Value;
                var moment = dueAt.AddMilliseconds(random.Next(-50, 10));
                var wait = moment - TimeProvider.System.GetUtcNow();
                if (wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait);
                }

                var told = await journal.CancelAsync(timers[i].Id!);
                Assert.That(told.Verdict, Is.AnyOf(Verdict.Ok, Verdict.Recorded, Verdict.Refused));
                var wasBefore = told.At < dueAt;
                Interlocked.Add(ref before, wasBefore ? 1 : 0);
                Interlocked.Add(ref beforeAndCancelled, wasBefore && told.Verdict == Verdict.Ok ? 1 : 0);
            }
        }));

        await Eventually.That(
            async () =>
                await standalone.Http.CountAsync("cancelled") + await standalone.Http.CountAsync("succeeded") == Count + (2 * Trial),
            TimeSpan.FromSeconds(30),
            "every timer has ended");
        await journal.RecountAsync();
        FaultReport.Check("(6, 8) cancels around the due instant", "embedded", 1, journal.Evidence(receiver));
        var cancelled = journal.Told.Where(told => told is { Deed: Deed.Cancel, Verdict: Verdict.Ok }).Select(told => told.Id).ToHashSet();
        Assert.That(
            receiver.Journal.Where(arrival => cancelled.Contains(arrival.TimerId)), Is.Empty, "sent although the answer was \"cancelled\"");
        Assert.That(before, Is.GreaterThan(Count / 20), "the test's cancels come before the due instant, too");
        Assert.That(beforeAndCancelled, Is.GreaterThan(before / 2), "most cancels before the due instant are simply done");
        Assert.That(receiver.Count, Is.EqualTo(Count - cancelled.Count), "every timer is either cancelled or delivered, once");
    }

    [Test]
    public async Task A_timer_moved_later_while_it_is_loaded_fires_at_the_new_instant_only()
    {
        await using var receiver = await Receiver.StartAsync();

        // Loaded long before it is due, so that there is time to move it also on a slow machine.
        await using var standalone = await StandaloneProcess.StartNewAsync("--Runner:Due:Window", "00:00:05");
        var journal = new Journal(standalone.Http);
        var id = (await journal.CreateAsync(new { url = receiver.At("/hook"), delay = "PT5S" })).Id!;
        await Eventually.That(async () => await standalone.Http.StateAsync(id) == "armed", TimeSpan.FromSeconds(5), "it is loaded");

        var moved = await journal.RescheduleAsync(id, new { delay = "PT6S" });

        Assert.That(moved.Verdict, Is.EqualTo(Verdict.Ok));
        await Eventually.That(() => receiver.Count > 0, TimeSpan.FromSeconds(30), "it fires");
        await standalone.Http.AllFinishedAsync(1);
        FaultReport.Check("(7) moved while it is loaded", "embedded", 1, journal.Evidence(receiver));
        Assert.That(receiver.Journal, Has.Count.EqualTo(1));
        Assert.That(receiver.Journal[0].DueAt, Is.EqualTo(moved.DueAt));
    }

    [Test]
    public async Task A_timer_that_is_being_sent_refuses_to_move_and_records_a_cancel_that_stops_its_retries()
    {
        var release = new TaskCompletionSource();
        await using var receiver = await Receiver.StartAsync(async context =>
        {
            await release.Task;
            context.Response.StatusCode = 500;
        });
        await using var standalone = await StandaloneProcess.StartNewAsync();
        var id = await standalone.Http.CreateAsync(
            new { url = receiver.At("/hook"), delay = "PT0S", retry = new { attempts = 5, firstDelay = "PT0.01S" } });
        await Eventually.That(() => receiver.Count == 1, TimeSpan.FromSeconds(10), "it is being sent");

        using var moved = await standalone.Http.PatchAsJsonAsync($"/api/v1/timers/{id}", new { delay = "PT1H" });
        using var fired = await standalone.Http.PostAsync(new Uri($"/api/v1/timers/{id}/fire", UriKind.Relative), null);
        using var cancelled = await standalone.Http.DeleteAsync(new Uri($"/api/v1/timers/{id}", UriKind.Relative));
        release.SetResult();

        Assert.That(moved.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(fired.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(cancelled.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
        await Eventually.That(
            async () => await standalone.Http.StateAsync(id) == "cancelled", TimeSpan.FromSeconds(10), "the cancel takes effect");
        Assert.That(receiver.Count, Is.EqualTo(1), "no retry follows");
    }

    /// <summary>How long it takes to create some timers and to cancel them.</summary>
    private static async Task<TimeSpan> CancelSomeAsync(StandaloneProcess standalone, Receiver receiver, int count)
    {
        var journal = new Journal(standalone.Http);
        var watch = Stopwatch.StartNew();
        await journal.CreateBatchAsync(count, _ => new { url = receiver.At("/cancelled"), delay = "PT1H" });
        await Parallel.ForEachAsync(
            journal.Acknowledged,
            new ParallelOptions { MaxDegreeOfParallelism = Cancelling },
            async (timer, _) => await journal.CancelAsync(timer.Id!));
        return watch.Elapsed;
    }
}
