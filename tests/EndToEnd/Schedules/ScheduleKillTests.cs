using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd.Schedules;

/// <summary>kill -9 of the embedded service while schedules run and are changed: no run is lost, and none comes twice.</summary>
[NonParallelizable]
[Category(FaultReport.Category)]
public sealed class ScheduleKillTests
{
    private const int Rounds = 4;
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(90);

    [Test]
    public async Task Kill_loses_no_run_and_makes_none_twice()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var standalone = await StandaloneProcess.StartNewAsync(
            "--Schedules:Ahead=00:00:10", "--Schedules:Interval=00:00:00.200");
        var journal = new ScheduleJournal(standalone.Http, receiver, MaxWait);
        var random = new Random(1);
        await journal.PutAsync(12);
        await journal.BackfillAsync();
        for (var round = 1; round <= Rounds; round++)
        {
            await journal.FlowAsync(runs: 2);
            var changing = journal.ChangeAsync(random, round);
            await standalone.KillAsync();
            await standalone.StartAsync();
            await changing;
        }

        await journal.FlowAsync(runs: 2);
        await journal.CheckAsync();
    }

    [Test]
    public async Task Kill_after_the_change_of_a_calendar_loses_no_run_and_makes_none_twice()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var standalone = await StandaloneProcess.StartNewAsync(
            "--Schedules:Ahead=00:00:10", "--Schedules:Interval=00:00:00.200");
        var journal = new CalendarJournal(standalone.Http, receiver, MaxWait);
        await journal.PutAsync(12);
        for (var round = 1; round <= Rounds; round++)
        {
            await journal.FlowAsync(runs: 2);
            await journal.ChangeAsync();
            await standalone.KillAsync();
            await standalone.StartAsync();
            if (round % 2 == 0)
            {
                await journal.ClosedAsync();
            }

            await journal.ChangeAsync();
            await standalone.KillAsync();
            await standalone.StartAsync();
        }

        await journal.FlowAsync(runs: 2);
        await journal.CheckAsync();
    }
}
