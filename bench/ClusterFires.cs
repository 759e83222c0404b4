using System.Diagnostics;
using Contracts.Common;

namespace Bench;

/// <summary>Timers that are all overdue when the Runners go on: from before the first claim until the last outcome is stored.</summary>
/// <remarks>What a Runner claims ahead, and what it has sent but not recorded, would flatter it.</remarks>
/// <param name="store">Where they are claimed.</param>
/// <param name="createAsync">Stores so many that are due at an instant and go to an address.</param>
/// <param name="runners">All that claim there.</param>
internal sealed class ClusterFires(ClusterStore store, Func<string, DateTimeOffset, int, Task> createAsync, params ServiceProcess[] runners)
{
    /// <summary>Beyond what goes before others, so that all of them take the same way.</summary>
    private static readonly TimeSpan Overdue = TimeSpan.FromSeconds(3);

    /// <summary>A Runner that stands for longer has lost its lease, and first has to get another one.</summary>
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(3);

    /// <returns>Timers a second.</returns>
    public async Task<double> MeasureAsync(int count)
    {
        while (true)
        {
            using var receiver = new BenchReceiver();
            var stood = await StoreAsync(receiver.Url, count);
            var watch = Stopwatch.StartNew();
            Array.ForEach(runners, runner => runner.Resume());
            await Load.WaitForAsync(() => receiver.Count >= count, TimeSpan.FromMinutes(3));
            await Load.WaitForAsync(async () => !await store.IsAnyClaimedAsync(), TimeSpan.FromMinutes(1));
            var rate = count / watch.Elapsed.TotalSeconds;
            if (receiver.Count > count)
            {
                Figures.Print("  repeated webhooks in a round", $"{receiver.Count - count:N0}: a lease was lost");
            }

            if (stood < MaxPause)
            {
                return rate;
            }

            Figures.Print("once more", $"the Runners stood for {stood.TotalSeconds:N1} s, longer than their leases last");
        }
    }

    /// <returns>How long the Runners have stood still.</returns>
    private async Task<TimeSpan> StoreAsync(string url, int count)
    {
        var due = Instants.CeilingToMilliseconds(TimeProvider.System.GetUtcNow() - Overdue);
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(runners.Select(runner => runner.PauseAsync()));
        await createAsync(url, due, count);
        await Load.WaitForAsync(async () => await store.CountDueAsync(due) == count, TimeSpan.FromMinutes(1));
        return watch.Elapsed;
    }
}
