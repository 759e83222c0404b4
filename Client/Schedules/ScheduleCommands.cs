using System.CommandLine;
using Client.Connections;
using Client.Printing;
using ClientLibrary.Schedules;

namespace Client.Schedules;

/// <summary>
/// <c>timers schedules</c> <c>get</c>, <c>list</c>, <c>delete</c>, <c>pause</c>, <c>resume</c>, <c>run</c>, <c>skip</c>, <c>replay</c>,
/// <c>backfill</c> and <c>stop-backfill</c>.
/// </summary>
internal sealed class ScheduleCommands(Shell shell)
{
    private const int MaxLimit = 1_000;
    private const int MaxPerMinute = 3_000;

    public IEnumerable<Command> Create()
    {
        yield return One("get", "Shows a schedule with its last runs.", (schedules, name, stop) => schedules.GetAsync(name, stop));
        yield return List();
        yield return Pause();
        yield return One("resume", "Has a paused schedule go on.", (schedules, name, stop) => schedules.ResumeAsync(name, stop));
        yield return One("run", "Runs a schedule once more, now.", (schedules, name, stop) => schedules.RunAsync(name, stop));
        yield return One("skip", "Leaves out a schedule's next run.", (schedules, name, stop) => schedules.SkipAsync(name, stop));
        yield return Past(
            "replay", "Makes recorded skipped runs.", isRequired: false,
            (schedules, name, past, stop) => schedules.ReplayAsync(name, past, stop));
        yield return Past(
            "backfill", "Makes the runs of a past range.", isRequired: true,
            (schedules, name, past, stop) => schedules.BackfillAsync(name, past, stop));
        yield return One(
            "stop-backfill", "Stops a replay or backfill.", (schedules, name, stop) => schedules.StopBackfillAsync(name, stop));
        yield return Delete();
    }

    private static Argument<string> Name() => new("name") { Description = "The schedule's name." };

    private Command One(string command, string description, Func<ScheduleClient, string, CancellationToken, Task<ScheduleInfo>> run)
    {
        var (name, json) = (Name(), Json.Option());
        return new Command(command, description) { name, json }.Calls(
            shell, retriesOf: null, async (parsed, connection, cancellationToken) => await ScheduleView.WriteAsync(
                shell, await run(new ScheduleClient(connection), parsed.GetRequiredValue(name), cancellationToken), parsed.GetValue(json)));
    }

    private Command Pause()
    {
        var (name, json) = (Name(), Json.Option());
        var reason = new Option<string?>("--reason") { Description = "Why, for people." };
        var until = Inputs.Instant("--until", "When it resumes by itself.");
        return new Command("pause", "Pauses a schedule.") { name, reason, until, json }.Calls(
            shell, retriesOf: null, async (parsed, connection, cancellationToken) => await ScheduleView.WriteAsync(
                shell,
                await new ScheduleClient(connection).PauseAsync(
                    parsed.GetRequiredValue(name), new SchedulePause(parsed.GetValue(reason), parsed.GetValue(until)), cancellationToken),
                parsed.GetValue(json)));
    }

    private Command Past(
        string command, string description, bool isRequired,
        Func<ScheduleClient, string, SchedulePast, CancellationToken, Task<ScheduleInfo>> run)
    {
        var (name, json) = (Name(), Json.Option());
        var from = Inputs.Instant("--from", "The first scheduled instant.");
        var to = Inputs.Instant("--to", "The last one, not ahead.");
        var rate = Inputs.Whole("--per-minute", "Maximum number of runs a minute. Default: 60.", 1, MaxPerMinute);
        (from.Required, to.Required) = (isRequired, isRequired);
        return new Command(command, description) { name, from, to, rate, json }.Calls(
            shell, retriesOf: null, async (parsed, connection, cancellationToken) => await ScheduleView.WriteAsync(
                shell,
                await run(
                    new ScheduleClient(connection),
                    parsed.GetRequiredValue(name),
                    new SchedulePast(parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(rate)),
                    cancellationToken),
                parsed.GetValue(json)));
    }

    private Command Delete()
    {
        var name = Name();
        return new Command("delete", "Deletes a schedule with its runs that are not sent yet.") { name }.Calls(
            shell, retriesOf: null, async (parsed, connection, cancellationToken) =>
            {
                await new ScheduleClient(connection).DeleteAsync(parsed.GetRequiredValue(name), cancellationToken);
                return ExitCodes.Done;
            });
    }

    private Command List()
    {
        var state = new Option<string?>("--state") { Description = "Only active, paused or finished ones." };
        var prefix = new Option<string?>("--prefix") { Description = "Only names that begin like this." };
        var limit = Inputs.Whole("--limit", "Size of a page. Default: 50.", 1, MaxLimit);
        var cursor = new Option<string?>("--cursor") { Description = "The cursor that the page before ended with." };
        var all = new Option<bool>("--all") { Description = "All pages." };
        var json = Json.Option();
        return new Command("list", "Lists schedules, by name.") { state, prefix, limit, cursor, all, json }
            .Calls(shell, retriesOf: null, (parsed, connection, cancellationToken) =>
            {
                var query = new ScheduleQuery(parsed.GetValue(state), parsed.GetValue(prefix), parsed.GetValue(limit));
                var schedules = new ScheduleClient(connection);
                return Paging.WriteAsync(
                    shell,
                    parsed.GetValue(json),
                    parsed.GetValue(all),
                    parsed.GetValue(cursor),
                    next => schedules.ListAsync(query with { Cursor = next }, cancellationToken),
                    ScheduleView.Headings,
                    ScheduleView.Cells);
            });
    }
}
