using Client.Slices;
using Infrastructure.Storage.Sqlite;
using Infrastructure.Timers.Sqlite;

namespace Client.Timers;

/// <summary>The command line's part of timers.</summary>
internal sealed class TimersSlice : ClientSlice
{
    public override SliceCheck Check => TimerCheck.Instance;
}
