using System.CommandLine;
using Client.Connections;
using Client.Printing;
using ClientLibrary;
using ClientLibrary.Schedules;

namespace Client.Schedules;

/// <summary><c>timers schedules preview</c>: when a schedule would run.</summary>
internal sealed class PreviewScheduleCommand(Shell shell)
{
    private const int MaxCount = 100;

    private readonly ScheduleTimesOptions times = new();
    private readonly Option<string?> name = new("--name") { Description = "The name that it will have, which --jitter depends on." };
    private readonly Option<int?> count = Inputs.Whole("--count", "How many runs. Default: 10.", 1, MaxCount);
    private readonly Option<DateTimeOffset?> after = Inputs.Instant("--after", "Only runs after this instant. Default: now.");
    private readonly Option<string?> url = new("--url")
    {
        Description = "The address that each run calls: tells what else is due there around each of the first 10 runs.",
    };

    private readonly Option<bool> json = Json.Option();

    public Command Create()
    {
        var command = new Command("preview", "Shows the next runs of a schedule: one of --cron, --rrule, --every and --at.")
        {
            name, count, after, url, json,
        };
        foreach (var option in times.All)
        {
            command.Add(option);
        }

        return command.Calls(shell, retriesOf: null, RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, ServiceConnection connection, CancellationToken cancellationToken)
    {
        var schedules = new ScheduleClient(connection);
        var preview = parsed.GetValue(url) is { } address
            ? await schedules.PreviewAsync(Read(parsed), address, cancellationToken)
            : await schedules.PreviewAsync(Read(parsed), cancellationToken);
        if (parsed.GetValue(json))
        {
            await Json.WriteAsync(shell.Output, preview);
            return ExitCodes.Done;
        }

        var isTold = preview.Runs.Any(run => run.AlsoDue is not null);
        var table = isTold ? new Table("AT", "LOCAL", "ALSO DUE", "NOTE") : new Table("AT", "LOCAL", "NOTE");
        foreach (var run in preview.Runs)
        {
            string?[] cells = isTold ? [Printable.Instant(run.At), run.Local, Printable.Load(run.AlsoDue), run.Note]
                : [Printable.Instant(run.At), run.Local, run.Note];
            table.Add(cells);
        }

        await table.WriteAsync(shell.Output);
        await shell.Errors.WriteLineAsync($"{preview.Zone}, time zone database {preview.ZoneDatabase}"
            + (preview.End is { } end ? $"; there are no more: {Printable.Text(end)}" : string.Empty));
        return ExitCodes.Done;
    }

    private ScheduleTimes Read(ParseResult parsed) => times.Read(parsed) with
    {
        Name = parsed.GetValue(name),
        Count = parsed.GetValue(count),
        After = parsed.GetValue(after),
    };
}
