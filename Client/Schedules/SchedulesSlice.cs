using System.CommandLine;
using Client.Connections;
using Client.Slices;

namespace Client.Schedules;

/// <summary>The command line's part of schedules.</summary>
internal sealed class SchedulesSlice : ClientSlice
{
    public override IEnumerable<Command> CreateCommands(Shell shell) =>
        [new Command("schedules", "Shows when schedules would run.") { new PreviewScheduleCommand(shell).Create() }];
}
