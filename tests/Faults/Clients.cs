using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tests.Support;

namespace Tests.Faults;

/// <summary>Clients that keep going until they are told to stop, whatever answers they get.</summary>
public static class Clients
{
    private const int Connections = 4;
    private const string Tag = "fault";
    private const string Flaky = "/flaky";
    private const string Never = "/never";

    /// <summary>What their receiver answers: a failure to the first attempt of some timers, and to every attempt of others.</summary>
    public static Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path;
        context.Response.StatusCode = path == Never || (path == Flaky && context.Request.Headers["timer-attempt"] == "1") ? 500 : 200;
        return Task.CompletedTask;
    }

    /// <summary>
    /// Creates timers for the coming seconds. Of every ten, one is cancelled (at once, or about its instant), one is moved later, one is
    /// requested twice under a key, one is attempted twice, one is attempted in vain, and one expires soon; of every twenty, one that is
    /// attempted in vain is cancelled between two attempts.
    /// </summary>
    public static Task RunAsync(Journal journal, Receiver receiver, CancellationToken until) =>
        Task.WhenAll(Enumerable.Range(0, Connections).Select(async connection =>
        {
            for (var i = connection; !until.IsCancellationRequested; i += Connections)
            {
                var told = await CreateAsync(journal, receiver, i);
                if (told is { Id: { } id, Verdict: Verdict.Ok, Delay: { } delay } && (i % 10 == 3 || i % 20 == 17))
                {
                    // By the clients' own clock: the program's may be hours ahead.
                    var due = told.SentAt + delay;
                    await UntilAsync(
                        (i % 20) switch { 13 => due.AddMilliseconds((i % 7) - 5), 17 => due.AddMilliseconds(200), _ => told.At });
                    await journal.CancelAsync(id, client: i + 1);
                }
                else if (told is { Id: { } moved, Verdict: Verdict.Ok } && i % 10 == 4)
                {
                    await journal.RescheduleAsync(moved, new { delay = "PT2S" }, client: i + 1);
                }

                // Throttled: a process that is starting needs processor time, too.
                await Task.Delay(told.Id is null ? 50 : 10, CancellationToken.None);
            }
        }));

    /// <summary>Keeps the clients running during an action, whatever comes of it.</summary>
    public static async Task<T> DuringAsync<T>(Journal journal, Receiver receiver, Func<Task<T>> deed)
    {
        using var ended = new CancellationTokenSource();
        var clients = RunAsync(journal, receiver, ended.Token);
        try
        {
            return await deed();
        }
        finally
        {
            await ended.CancelAsync();
            await clients;
        }
    }

    /// <summary>Waits until none of their timers is pending, and has everything counted.</summary>
    public static async Task EndedAsync(Journal journal, Receiver receiver, HttpClient http, TimeSpan maxWait)
    {
        foreach (var state in new[] { "scheduled", "armed", "sending" })
        {
            await Eventually.That(
                async () => (await http.GetFromJsonAsync<JsonElement>($"/api/v1/timers?tag={Tag}&state={state}&limit=1"))
                    .GetProperty("items").GetArrayLength() == 0,
                maxWait,
                $"no timer is {state}");
        }

        await journal.RecountAsync();
        Assert.That(journal.Told.Where(each => each is { Deed: Deed.Cancel, Verdict: Verdict.Ok }), Is.Not.Empty, "some were cancelled");
        Assert.That(journal.Told.Where(each => each is { Deed: Deed.Reschedule, Verdict: Verdict.Ok }), Is.Not.Empty, "some were moved");

        // Some time after the last arrival, in the long version a lease: finished timers are still finished the same way, and nothing came
        // again.
        await Eventually.That(
            () => receiver.Journal.Max(arrival => arrival.At) < TimeProvider.System.GetUtcNow() - Rounds.Quiet, maxWait, "it is quiet");
        await journal.SeeAllAsync();
    }

    private static async Task UntilAsync(DateTimeOffset instant)
    {
        var wait = instant - TimeProvider.System.GetUtcNow();
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait);
        }
    }

    private static async Task<Told> CreateAsync(Journal journal, Receiver receiver, int i)
    {
        if (i % 10 is 6 or 7)
        {
            // The second kind is cancelled before its next attempt.
            var pause = i % 20 == 17 ? "PT2S" : "PT0.3S";
            var retry = new { delays = new[] { pause, pause }, jitter = 0 };
            return await journal.CreateAsync(
                new { url = receiver.At(i % 10 == 6 ? Flaky : Never), delay = "PT0.5S", retry, tags = new[] { Tag } }, client: i);
        }

        if (i % 10 == 8)
        {
            return await journal.CreateAsync(
                new { url = receiver.At("/hook"), delay = "PT0.5S", maxAge = "PT1.5S", tags = new[] { Tag } }, client: i);
        }

        if (i % 10 != 5)
        {
            return await journal.CreateAsync(
                new { url = receiver.At("/hook"), delay = i % 3 == 0 ? "PT0.2S" : "PT1S", tags = new[] { Tag } }, client: i);
        }

        var key = Guid.NewGuid().ToString("N");
        var timer = new { url = receiver.At("/hook"), delay = "PT1S", tags = new[] { Tag } };
        await journal.CreateAsync(timer, key, client: i);
        return await journal.CreateAsync(timer, key, client: i + 1);
    }
}
