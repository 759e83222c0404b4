using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>kill -9 of the embedded service while clients send events of every slice, twice each: each counts once.</summary>
[Category(FaultReport.Category)]
[Parallelizable]
public sealed class SliceKillTests
{
    private const int Rounds = 4;
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Kill_loses_no_acknowledged_event_and_counts_none_twice()
    {
        await using var standalone = await StandaloneProcess.StartNewAsync();
        var slices = await TestedSlice.AllAsync(standalone.Http);
        await TestedSlice.DuringAsync(slices, seed: 1, senders: 4, async () =>
        {
            for (var round = 1; round <= Rounds; round++)
            {
                await TestedSlice.FlowAsync(slices, events: 500);
                await standalone.KillAsync();
                await standalone.StartAsync();
            }
        });

        await TestedSlice.CheckAsync(slices, MaxWait);
    }
}
