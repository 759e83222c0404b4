using System.CommandLine;
using Client.Connections;
using Client.Printing;
using ClientLibrary.Timers;

namespace Client.Timers;

/// <summary><c>timers replay</c>: retries failed timers.</summary>
internal static class ReplayTimersCommand
{
    private const int MaxLimit = 10_000;

    public static Command Create(Shell shell)
    {
        var ids = new Argument<string[]>("id") { Description = "Timers' ids.", Arity = ArgumentArity.ZeroOrMore };
        var failed = new Option<bool>("--failed") { Description = "All that failed, newest first, in place of ids." };
        var tag = new Option<string?>("--tag") { Description = "With --failed: only with this tag." };
        var dueFrom = Inputs.Instant("--due-from", "With --failed: only due at or after.");
        var dueTo = Inputs.Instant("--due-to", "With --failed: only due before.");
        var limit = Inputs.Whole("--limit", "With --failed: how many at most. Default: 1000.", 1, MaxLimit);
        var json = Json.Option();
        var command = new Command("replay", "Retries failed timers now, with all their retries.")
        {
            ids, failed, tag, dueFrom, dueTo, limit, json,
        };
        command.Validators.Add(result =>
        {
            var hasIds = result.GetResult(ids) is { Tokens.Count: > 0 };
            if (hasIds == result.GetResult(failed) is not null)
            {
                result.AddError("Name timers, or all with --failed.");
            }

            Option[] filters = [tag, dueFrom, dueTo, limit];
            if (hasIds && filters.FirstOrDefault(each => result.GetResult(each) is not null) is { } given)
            {
                result.AddError($"{given.Name} has no meaning without --failed.");
            }
        });
        return command.Calls(shell, retriesOf: null, async (parsed, connection, cancellationToken) =>
        {
            var timers = new TimerClient(connection);
            if (parsed.GetValue(ids) is { Length: > 0 } named)
            {
                return await EachTimer.RunAsync(shell, named, parsed.GetValue(json), id => timers.ReplayAsync(id, cancellationToken));
            }

            var summary = await timers.ReplayAllAsync(
                new ReplayFilter
                {
                    Tag = parsed.GetValue(tag),
                    DueFrom = parsed.GetValue(dueFrom),
                    DueTo = parsed.GetValue(dueTo),
                    Limit = parsed.GetValue(limit),
                },
                cancellationToken);
            await (parsed.GetValue(json) ? Json.WriteAsync(shell.Output, summary)
                : shell.Output.WriteLineAsync(
                    $"{Printable.Number(summary.Replayed)} are retried{(summary.More ? "; there are more" : string.Empty)}."));
            return ExitCodes.Done;
        });
    }
}
