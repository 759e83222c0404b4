using System.CommandLine;
using Client.Connections;
using Client.Printing;
using ClientLibrary.Timers;

namespace Client.Timers;

/// <summary><c>timers replay</c>: retries failed and expired timers.</summary>
internal static class ReplayTimersCommand
{
    private const int MaxLimit = 10_000;

    public static Command Create(Shell shell)
    {
        var ids = new Argument<string[]>("id") { Description = "Timers' ids.", Arity = ArgumentArity.ZeroOrMore };
        var failed = new Option<bool>("--failed") { Description = "All that failed, newest first, in place of ids." };
        var expired = new Option<bool>("--expired") { Description = "All that expired, newest first, in place of ids." };
        var tag = new Option<string?>("--tag") { Description = "Without ids: only with this tag." };
        var dueFrom = Inputs.Instant("--due-from", "Without ids: only due at or after.");
        var dueTo = Inputs.Instant("--due-to", "Without ids: only due before.");
        var limit = Inputs.Whole("--limit", "Without ids: how many at most. Default: 1000.", 1, MaxLimit);
        var expiresAt = Inputs.Instant("--expires-at", "A new expiry: the instant from which on they are not sent.");
        var maxAge = Inputs.Duration("--max-age", "The same as a time from the due instant of each.");
        var json = Json.Option();
        var command = new Command("replay", "Retries failed or expired timers now, with all their retries.")
        {
            ids, failed, expired, tag, dueFrom, dueTo, limit, expiresAt, maxAge, json,
        };
        command.Validators.Add(result =>
        {
            var hasIds = result.GetResult(ids) is { Tokens.Count: > 0 };
            bool[] choices = [hasIds, result.GetResult(failed) is not null, result.GetResult(expired) is not null];
            if (choices.Count(chosen => chosen) != 1)
            {
                result.AddError("Name timers, or all with --failed or --expired.");
            }

            if (result.GetResult(expiresAt) is not null && result.GetResult(maxAge) is not null)
            {
                result.AddError("Give --expires-at or --max-age, one of them.");
            }

            Option[] filters = [tag, dueFrom, dueTo, limit];
            if (hasIds && filters.FirstOrDefault(each => result.GetResult(each) is not null) is { } given)
            {
                result.AddError($"{given.Name} has no meaning with ids.");
            }
        });
        return command.Calls(shell, retriesOf: null, async (parsed, connection, cancellationToken) =>
        {
            var timers = new TimerClient(connection);
            var expiry = new TimerExpiry { ExpiresAt = parsed.GetValue(expiresAt), MaxAge = parsed.GetValue(maxAge) };
            if (parsed.GetValue(ids) is { Length: > 0 } named)
            {
                return await EachTimer.RunAsync(
                    shell, named, parsed.GetValue(json), id => timers.ReplayAsync(id, expiry, cancellationToken));
            }

            var summary = await timers.ReplayAllAsync(
                new ReplayFilter
                {
                    Expired = parsed.GetValue(expired) ? true : null,
                    ExpiresAt = expiry.ExpiresAt,
                    MaxAge = expiry.MaxAge,
                    Tag = parsed.GetValue(tag),
                    DueFrom = parsed.GetValue(dueFrom),
                    DueTo = parsed.GetValue(dueTo),
                    Limit = parsed.GetValue(limit),
                },
                cancellationToken);
            await (parsed.GetValue(json) ? Json.WriteAsync(shell.Output, summary)
                : shell.Output.WriteLineAsync(
                    $"{Printable.Number(summary.Replayed)} are retried"
                    + (summary.Expired > 0 ? $"; left out, as their expiry has passed: {Printable.Number(summary.Expired)}" : string.Empty)
                    + (summary.More ? "; there are more" : string.Empty) + "."));
            return ExitCodes.Done;
        });
    }
}
