using Contracts.Timers;
using Infrastructure.Timers.Common;

namespace Infrastructure.Timers.Sqlite;

/// <summary>Whether the timers are whole, can be read and, judging by recent writes, written.</summary>
internal sealed class SqliteTimerReadiness(ITimerStore store, SqliteTimerStore file) : TimerStoreReadiness(store)
{
    protected override async Task<string?> FindFaultAsync(CancellationToken cancellationToken)
    {
        // The file knows by name what a read has just failed on.
        var unanswered = await base.FindFaultAsync(cancellationToken);
        return file.File.Fault ?? unanswered;
    }
}
