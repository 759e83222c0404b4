using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd.Revenue;

/// <summary>kill -9 of the embedded service while clients send everything twice: each event counts once.</summary>
[Category(FaultReport.Category)]
public sealed class RevenueKillTests
{
    private const int Rounds = 4;
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Kill_loses_no_acknowledged_event_and_counts_none_twice()
    {
        await using var standalone = await StandaloneProcess.StartNewAsync();
        var journal = new RevenueJournal(standalone.Http);
        using var stop = new CancellationTokenSource();
        var senders = Enumerable.Range(1, 4).Select(seed => journal.SendAsync(seed, users: 3, stop.Token)).ToList();
        for (var round = 1; round <= Rounds; round++)
        {
            var enough = journal.Acknowledged + 500;
            await Eventually.That(() => journal.Acknowledged > enough, MaxWait, "events flow");
            await standalone.KillAsync();
            await standalone.StartAsync();
        }

        await stop.CancelAsync();
        await Task.WhenAll(senders);

        await journal.CheckAsync(MaxWait);
    }
}
