using System.CommandLine;
using Client.Connections;
using Client.Sending;
using Client.Slices;
using Client.Tailing;
using ClientLibrary.Timers;
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
        TouchTimersCommand.Create(shell),
        CancelTimersCommand.Create(shell),
        DeleteTimersCommand.Create(shell),
        ReplayTimersCommand.Create(shell),
    ];

    public override Command CreateTail(TailCommand tail)
    {
        var timer = new Option<string?>("--timer") { Description = "Only this one." };
        var tag = new Option<string?>("--tag") { Description = "Only those with this tag." };
        return tail.Create(
            new Command("timers", "Timers as they are created, change and fire.") { timer, tag },
            (connection, parsed, since, cancellationToken) => new TimerClient(connection).WatchAsync(
                parsed.GetValue(timer), parsed.GetValue(tag), since, cancellationToken));
    }
}
