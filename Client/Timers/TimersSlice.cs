using System.CommandLine;
using Client.Connections;
using Client.Sending;
using Client.Slices;
using Infrastructure.Storage.Sqlite;
using Infrastructure.Timers.Sqlite;

namespace Client.Timers;

/// <summary>The command line's part of timers.</summary>
internal sealed class TimersSlice : ClientSlice
{
    public override SliceCheck Check => TimerCheck.Instance;

    public override EventFeed Feed { get; } = TimerFeed.Create();

    public override IEnumerable<Command> CreateCommands(Shell shell) =>
    [
        CreateTimerCommand.Create(shell),
        ListTimersCommand.Create(shell),
        GetTimerCommand.Create(shell),
        WatchTimerCommand.Create(shell),
        CancelTimersCommand.Create(shell),
        DeleteTimersCommand.Create(shell),
        ReplayTimersCommand.Create(shell),
    ];
}
