using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>A machine whose clock is wrong: the program has no other time than its own, and by that one it keeps its promises.</summary>
[Category(FaultReport.Category)]
[Parallelizable]
public sealed class WrongClockTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    [TestCase(7_200, TestName = "Nothing_is_early_by_a_clock_two_hours_ahead")]
    [TestCase(-600, TestName = "Nothing_is_early_by_a_clock_ten_minutes_behind")]
    public async Task Nothing_is_early(int seconds)
    {
        var ahead = TimeSpan.FromSeconds(seconds);
        using var folder = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync(Clients.AnswerAsync);
        await using var standalone = new StandaloneProcess();
        await standalone.StartAsync(wait: true, await FakeTime.LauncherAsync(folder, ahead));
        var journal = new Journal(standalone.Http);
        using var ended = new CancellationTokenSource(TimeSpan.FromSeconds(2));

        var clients = Clients.RunAsync(journal, receiver, ended.Token);
        var due = TimeProvider.System.GetUtcNow() + ahead + TimeSpan.FromSeconds(4);
        await journal.CreateBatchAsync(1_000, i => new { url = receiver.At("/hook"), dueAt = due.AddMilliseconds(i) });
        await clients;
        await journal.DeliveredAsync(receiver, MaxWait);
        await Eventually.That(
            async () => await standalone.Http.CountAsync("scheduled")
                + await standalone.Http.CountAsync("armed") == 0, MaxWait, "all has ended");

        FaultReport.Check($"(3, 5) clock {seconds:+#,0;-#,0} s", "embedded", 1, ByItsClock(journal.Evidence(receiver), ahead));
    }

    /// <summary>Both journals as they would be had clients and receiver kept the program's time.</summary>
    private static Evidence ByItsClock(Evidence evidence, TimeSpan ahead) => evidence with
    {
        Told = [.. evidence.Told.Select(each => each with { SentAt = each.SentAt + ahead, At = each.At + ahead })],
        Arrivals = [.. evidence.Arrivals.Select(each => each with { At = each.At + ahead, AnsweredAt = each.AnsweredAt + ahead })],
        AsOf = evidence.AsOf + ahead,
    };
}
