using Client.Connections;
using Client.Printing;
using ClientLibrary.Schedules;

namespace Client.Schedules;

/// <summary>Prints schedules.</summary>
internal static class ScheduleView
{
    public static readonly string[] Headings = ["NAME", "STATE", "NEXT", "RUNS", "SKIPPED", "URL"];

    public static string?[] Cells(ScheduleInfo schedule) =>
    [
        schedule.Name, schedule.State, Printable.Instant(schedule.NextAt), Printable.Number(schedule.Runs),
        Printable.Number(schedule.Skipped), schedule.Url,
    ];

    /// <summary>One schedule with its last runs: for people, or as the service answers it.</summary>
    public static async Task<int> WriteAsync(Shell shell, ScheduleInfo schedule, bool asJson)
    {
        if (asJson)
        {
            await Json.WriteAsync(shell.Output, schedule);
            return ExitCodes.Done;
        }

        var table = new Table(Headings);
        table.Add(Cells(schedule));
        await table.WriteAsync(shell.Output);
        if ((schedule.PauseReason ?? schedule.FinishedReason) is { } why)
        {
            await shell.Output.WriteLineAsync(Printable.Text($"{schedule.State}: {why}"));
        }

        if (schedule.Buffered > 0)
        {
            await shell.Output.WriteLineAsync($"waiting for earlier runs to finish: {Printable.Number(schedule.Buffered)}");
        }

        if (schedule.Statistics is { SuccessRate: { } rate } statistics)
        {
            var late = statistics.LatenessMs is not { } lateness ? string.Empty
                : FormattableString.Invariant($"; lateness {lateness.P50} ms (p50), {lateness.P99} ms (p99)");
            await shell.Output.WriteLineAsync(FormattableString.Invariant($"of the last runs {rate:P0} have succeeded") + late);
        }

        if (schedule.Backfill is { } backfill)
        {
            var end = backfill.EndedAt is { } at ? $"ended {Printable.Instant(at)}" : "goes on";
            await shell.Output.WriteLineAsync(Printable.Text(
                $"{backfill.Kind}: {backfill.Made} made, {backfill.Existing} there already, {end}"));
        }

        if (schedule.Recent is { Count: > 0 } runs)
        {
            var recent = new Table("RUN", "SCHEDULED FOR", "TIMER", "STATE");
            foreach (var run in runs)
            {
                recent.Add(Printable.Number(run.Occurrence), Printable.Instant(run.ScheduledFor), run.TimerId, run.State);
            }

            await recent.WriteAsync(shell.Output);
        }

        foreach (var missed in schedule.Missed ?? [])
        {
            await shell.Output.WriteLineAsync(Printable.Text(
                $"skipped: {missed.Count}, {Printable.Instant(missed.First)} to {Printable.Instant(missed.Last)} ({missed.Reason})"));
        }

        return ExitCodes.Done;
    }
}
