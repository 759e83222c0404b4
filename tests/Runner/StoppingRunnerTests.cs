using Contracts.Timers;
using Microsoft.Extensions.DependencyInjection;
using Runner.Timers.Armed;
using Tests.Support;

namespace Tests.Runner;

/// <summary>The whole application's end while the Runner has much to do.</summary>
public sealed class StoppingRunnerTests
{
    [Test]
    public async Task A_stop_in_the_middle_of_a_backlog_leaves_the_rest_of_it_to_the_next_start()
    {
        const int Overdue = 1_000;
        await using var receiver = await Receiver.StartAsync();
        using var store = new SlowClaims();
        var due = TimeProvider.System.GetUtcNow().AddMinutes(-1);
        await store.AddAsync(
            [.. Enumerable.Range(0, Overdue)
                .Select(_ => ATimer.New().DueAt(due).WithSpec(spec => spec with { Url = receiver.At("/hook") }).Build())], default);
        using (var app = new HostedStandalone(services => services
            .AddSingleton<ITimerStore>(store).AddSingleton<IDueTimers>(store).Configure<DueOptions>(
                due => due.ClaimLimit = SlowClaims.Limit)))
        {
            app.StartServer();
            await Eventually.That(() => receiver.Count > 0, TimeSpan.FromSeconds(30), "it sends");
        }

        var rows = (await store.CountAsync(default)).ByState;
        Assert.That(rows.GetValueOrDefault(TimerState.Scheduled), Is.GreaterThan(0), "claiming has ended");
        Assert.That(
            rows.GetValueOrDefault(TimerState.Scheduled)
                + rows.GetValueOrDefault(TimerState.Succeeded), Is.EqualTo(Overdue), "and nothing is held");
        Assert.That(receiver.Count, Is.EqualTo(rows[TimerState.Succeeded]), "sent once each");
    }

    /// <summary>One claim after another, each as large as it may be: without an end of its own before all is claimed.</summary>
    private sealed class SlowClaims() : FaultyTimerStore(TimeProvider.System)
    {
        public const int Limit = 10;

        public override async Task<IReadOnlyList<ClaimedTimer>> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken)
        {
            await Task.Delay(50, CancellationToken.None);
            return await base.ClaimAsync(request, cancellationToken);
        }
    }
}
