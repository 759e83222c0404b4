using System.CommandLine;
using Client.Connections;
using Client.Printing;
using ClientLibrary.Timers;

namespace Client.Timers;

/// <summary><c>timers list</c>: lists timers.</summary>
internal static class ListTimersCommand
{
    private const int MaxLimit = 1_000;

    public static Command Create(Shell shell)
    {
        var state = new Option<string?>("--state")
        {
            Description = "Only in this state: scheduled, armed, sending, paused, ambiguous, succeeded, failed, cancelled or expired.",
        };
        var tags = new Option<string[]>("--tag") { Description = "Only with this tag; with all of them if repeated." };
        var dueFrom = Inputs.Instant("--due-from", "Only due at or after.");
        var dueTo = Inputs.Instant("--due-to", "Only due before.");
        var limit = Inputs.Whole("--limit", "Size of a page. Default: 50.", 1, MaxLimit);
        var cursor = new Option<string?>("--cursor") { Description = "The cursor that the page before ended with." };
        var all = new Option<bool>("--all") { Description = "All pages." };
        var json = Json.Option();
        return new Command("list", "Lists timers, newest first.") { state, tags, dueFrom, dueTo, limit, cursor, all, json }
            .Calls(shell, retriesOf: null, (parsed, connection, cancellationToken) =>
            {
                var query = new TimerQuery
                {
                    State = parsed.GetValue(state),
                    Tags = parsed.GetValue(tags) ?? [],
                    DueFrom = parsed.GetValue(dueFrom),
                    DueTo = parsed.GetValue(dueTo),
                    Limit = parsed.GetValue(limit),
                };
                var timers = new TimerClient(connection);
                return Paging.WriteAsync(
                    shell,
                    parsed.GetValue(json),
                    parsed.GetValue(all),
                    parsed.GetValue(cursor),
                    next => timers.ListAsync(query with { Cursor = next }, cancellationToken),
                    TimerView.Headings,
                    TimerView.Cells);
            });
    }
}
