using System.CommandLine;
using Client.Connections;
using Client.Slices;
using Infrastructure.Schedules.Sqlite;
using Infrastructure.Storage.Sqlite;

namespace Client.Schedules;

/// <summary>The command line's part of schedules.</summary>
internal sealed class SchedulesSlice : ClientSlice
{
    public override SliceCheck Check => ScheduleCheck.Instance;

    public override IEnumerable<Command> CreateCommands(Shell shell)
    {
        var schedules = new Command("schedules", "Shows when schedules would run, and puts, reads and commands stored ones.")
        {
            new PreviewScheduleCommand(shell).Create(), new PutScheduleCommand(shell).Create(),
        };
        foreach (var command in new ScheduleCommands(shell).Create())
        {
            schedules.Add(command);
        }

        return [schedules, new CalendarCommands(shell).Create()];
    }
}
