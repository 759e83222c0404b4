using System.Diagnostics;
using Contracts.Common;

namespace Bench;

/// <summary>
/// Fires timers that are all overdue when the Runners resume, timed from before the first claim until the last outcome is stored.
/// </summary>
/// <remarks>Timers claimed ahead, and webhooks sent whose outcomes are not recorded yet, would flatter a Runner.</remarks>
/// <param name="store">The store that the timers are claimed from.</param>
/// <param name="createAsync">Stores the given number of timers, due at the given instant, for the given URL.</param>
/// <param name="runners">All Runners that claim from this store.</param>
internal sealed class ClusterFires(ClusterStore store, Func<string, DateTimeOffset, int, Task> createAsync, params ServiceProcess[] runners)
{
    /// <summary>How long overdue the timers are: more than DueOptions.OverdueAfter, so that all of them take the overdue lane.</summary>
    private static readonly TimeSpan Overdue = TimeSpan.FromSeconds(3);

    /// <summary>Longest pause allowed: a Runner that is paused for longer has lost its lease, and must get a new one first.</summary>
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(3);

    /// <returns>Timers per second.</returns>
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

    /// <returns>How long the Runners were paused.</returns>
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
