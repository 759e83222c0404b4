using Runner.Timers.Armed;

namespace Runner.Timers.Due;

/// <summary>Polls for overdue timers less often as long as there are none: each poll is a query for every shard.</summary>
/// <remarks>
/// There are some after an outage, after a pause of this process, or when a create or a command makes one. None of these meets a rest: only
/// polls that could look count as empty, after a pause its time is over, and a wake-up ends it.
/// </remarks>
internal sealed class OverdueRest(WakeUps wakeUps, TimeProvider time)
{
    /// <summary>Empty polls in a row before the first rest.</summary>
    public const int EmptyPolls = 10;

    /// <summary>Time between two polls from then on; short beside how late an overdue timer is.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private int empty;
    private long polled;

    /// <param name="pollAsync">One poll. Its result is how many timers it claimed, or null if it could not look.</param>
    public async Task PollAsync(Func<Task<int?>> pollAsync)
    {
        if (!wakeUps.TakeOverdue() && empty >= EmptyPolls && time.GetElapsedTime(polled) < Pause)
        {
            return;
        }

        // A poll that fails ends the row.
        var before = empty;
        empty = 0;
        var claimed = await pollAsync();
        empty = claimed == 0 ? Math.Min(before + 1, EmptyPolls) : 0;
        polled = time.GetTimestamp();
    }
}
