using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;
using Microsoft.Extensions.DependencyInjection;
using Tests.Support;

namespace Tests.Faults;

/// <summary>
/// Tests the oracle itself: the real application, with one bug planted behind a port, breaks one promise, and the oracle names that one.
/// </summary>
[Category(FaultReport.Category)]
[Parallelizable(ParallelScope.All)]
public sealed class PlantedBugTests
{
    public const string Plain = "/plain";
    public const string Retried = "/retried";
    public const string Refused = "/refused";

    private const string Expiring = "/expiring";

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    [Test]
    public async Task An_untouched_run_breaks_no_promise() => Assert.That((await RunAsync(null)).Violations, Is.Empty);

    [Test]
    public async Task Each_planted_bug_is_seen_and_called_by_its_name([Values] Wrong bug)
    {
        var found = (await RunAsync(bug)).Violations;

        Assert.That(found.Select(violation => violation.Wrong).Distinct(), Is.EqualTo(new[] { bug }), string.Join('\n', found));
    }

    /// <summary>A bit of everything that clients do.</summary>
    private static async Task<Findings> RunAsync(Wrong? bug)
    {
        var (failing, expiring) = (1, 1);
        await using var receiver = await Receiver.StartAsync(context =>
        {
            context.Response.StatusCode = (context.Request.Path == Retried && Interlocked.Exchange(ref failing, 0) == 1)
                || (context.Request.Path == Expiring && Interlocked.Exchange(ref expiring, 0) == 1) ? 500 : 200;
            return Task.CompletedTask;
        });
        using var store = new PlantedStore(bug);
        using var app = new HostedStandalone(services =>
        {
            services.AddSingleton<ITimerStore>(store).AddSingleton<IDueTimers>(store);
            services.AddSingleton<IEventPublisher<TimerScheduled>>(new PlantedLog(store, bug));
            if (bug == Wrong.AnotherPromise)
            {
                services.AddSingleton<IStoreClock, PlantedClock>();
            }
        });
        using var http = app.CreateClient();
        var journal = new Journal(http);

        // A timer that is to be sent too early must be claimed well before it is due, on a slow machine, too.
        var plain = await journal.CreateAsync(new { url = receiver.At(Plain), delay = bug == Wrong.Early ? "PT6S" : "PT0.5S" });

        // Nor may a slow machine take as long for a retry without a pause as the pause should have lasted.
        var pauses = bug == Wrong.AttemptsOffSchedule ? new[] { "PT10S", "PT10S" } : ["PT0.5S", "PT0.5S"];
        await journal.CreateAsync(new { url = receiver.At(Retried), delay = "PT0.5S", retry = new { delays = pauses, jitter = 0 } });
        await journal.CreateAsync(new { url = receiver.At(Refused), delay = "PT0.5S" });

        // Its retry would come long after its expiry.
        var rest = new { delays = new[] { "PT8S", "PT8S" }, jitter = 0 };
        await journal.CreateAsync(new { url = receiver.At(Expiring), delay = "PT0.5S", maxAge = "PT3S", retry = rest });
        var cancelled = await journal.CreateAsync(new { url = receiver.At("/cancelled"), delay = "PT1.5S" });
        await journal.CancelAsync(cancelled.Id!);
        var moved = await journal.CreateAsync(new { url = receiver.At("/moved"), delay = "PT1.5S" });
        await journal.RescheduleAsync(moved.Id!, new { delay = "PT2.5S" });
        var keyed = new { url = receiver.At("/keyed"), delay = "PT0.5S" };
        await Task.WhenAll(journal.CreateAsync(keyed, "one"), journal.CreateAsync(keyed, "one"));

        await Eventually.That(
            async () => await http.CountAsync("scheduled") + await http.CountAsync("armed") == 0, MaxWait, "all has ended");
        if (bug != Wrong.Lost)
        {
            await journal.SeeAsync(plain.Id!);
            await journal.RecountAsync();
            await journal.SeeAllAsync();
        }

        return Oracle.Judge(journal.Evidence(receiver));
    }
}
