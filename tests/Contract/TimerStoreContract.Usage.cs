using Contracts.Timers;
using Tests.Support;

namespace Tests.Contract;

/// <content>How much room timers take.</content>
public abstract partial class TimerStoreContract
{
    [Test]
    public async Task MeasureAsync_adds_up_each_tenants_timers_whatever_their_state()
    {
        await AddForEachAsync("small", (_, timer) => timer);
        var before = await MeasureAsync();
        await Store.AddAsync([ATimer.New().WithSpec(spec => spec with { Body = new(new byte[10_000], IsJson: false) }).Build()], default);
        var row = await AddAsync(ATimer.New().WithSpec(spec => spec with { Body = new(new byte[5_000], IsJson: false) }));
        await CancelAsync(row.Key);

        var after = await MeasureAsync();

        Assert.That(before.Keys, Is.EquivalentTo(Tenants));
        Assert.That(before.Values, Has.All.GreaterThan(0));
        Assert.That(after[Acme], Is.EqualTo(before[Acme]));
        Assert.That(after[Tenants[0]] - before[Tenants[0]], Is.GreaterThanOrEqualTo(15_000));
    }

    private async Task<Dictionary<string, long>> MeasureAsync()
    {
        var all = new Dictionary<string, long>();
        TimerCursor? next = null;
        do
        {
            var step = await ((ITimerUsage)Store).MeasureAsync(next, default);
            foreach (var (tenant, bytes) in step.Bytes)
            {
                all[tenant] = all.GetValueOrDefault(tenant) + bytes;
            }

            next = step.Next;
        }
        while (next is not null);

        return all;
    }
}
