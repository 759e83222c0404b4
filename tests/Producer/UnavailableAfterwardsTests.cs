using Contracts.Storage;
using Contracts.Timers;
using Microsoft.Extensions.DependencyInjection;
using Tests.Support;

namespace Tests.Producer;

/// <summary>A store that fails between taking a timer and showing it.</summary>
public sealed class UnavailableAfterwardsTests : RestTests
{
    private readonly BlindStore store = new();

    protected override HostedStandalone CreateApp() => new(services => services.AddSingleton<ITimerStore>(store));

    [Test]
    public async Task Create_whose_row_cannot_be_looked_at_is_not_told_to_be_refused()
    {
        store.IsBlind = true;

        var answer = await PostAsync(Timers, new { url = Target, delay = "PT1H", id = "mine" });

        store.IsBlind = false;
        answer.AssertProblem(503);
        Assert.That((answer["outcome"], answer["id"]), Is.EqualTo(("unknown", "mine")));
        Assert.That((await GetAsync($"{Timers}/mine")).Status, Is.EqualTo(200), "it is stored, and will fire");
    }

    private sealed class BlindStore() : FaultyTimerStore(TimeProvider.System)
    {
        public bool IsBlind { get; set; }

        public override Task<IReadOnlyList<TimerRecord>> FindAsync(
            string tenant, IReadOnlyList<Guid> keys, CancellationToken cancellationToken) => IsBlind
            ? Task.FromException<IReadOnlyList<TimerRecord>>(
                new StoreUnavailableException(WriteOutcome.Refused, "The database cannot be reached."))
            : base.FindAsync(tenant, keys, cancellationToken);
    }
}
