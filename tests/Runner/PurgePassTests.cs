using Contracts.Timers;
using Microsoft.Extensions.Options;
using Runner.Timers.Armed;
using Runner.Timers.Upkeep;
using Tests.Support;

namespace Tests.Runner;

public sealed class PurgePassTests
{
    [Test]
    public async Task RunOnceAsync_deletes_in_steps_all_that_finished_before_the_retention_and_nothing_else()
    {
        await using var parts = new RunnerParts();
        var armed = await parts.ArmAsync(Lane.OnTime, Enumerable.Range(0, 1_101).Select(_ => ATimer.New()));
        await parts.Store.RecordAsync([.. armed.Take(1_100).Select(timer => timer.Timer.Failed())], default);
        await parts.Store.RecordAsync([armed[^1].Timer.Succeeded() with { NextAt = Clocks.Noon.AddMilliseconds(1) }], default);
        parts.Clock.Advance(TimeSpan.FromDays(30) + TimeSpan.FromMilliseconds(1));

        var purged = await new PurgePass(parts.Store, parts.StoreClock, Options.Create(new UpkeepOptions())).RunOnceAsync(default);

        Assert.That(
            (purged, await parts.CountAsync(TimerState.Failed), await parts.CountAsync(TimerState.Succeeded)), Is.EqualTo((1_100, 0, 1)));
    }
}
