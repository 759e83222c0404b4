using System.CommandLine;
using Client.Connections;
using Client.Printing;
using ClientLibrary;
using ClientLibrary.Timers;

namespace Client.Timers;

/// <summary><c>timers watch</c>: follows a timer until it ends.</summary>
internal static class WatchTimerCommand
{
    private static readonly TimeSpan RetryFor = TimeSpan.FromMinutes(10);

    public static Command Create(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The timer's id." };
        var interval = Inputs.Duration("--interval", "Pause between two polls. Default: 1s.");
        var within = Inputs.Duration("--within", "How long to wait for its end. Default: for ever.");
        var json = Json.Option();
        return new Command(
            "watch",
            $"Follows a timer until it succeeds ({ExitCodes.Done}), fails, expires or is cancelled ({ExitCodes.NotSucceeded}). "
            + "Goes on while the service restarts.") { id, interval, within, json }
            .Calls(
                shell,
                _ => new ConnectionOptions { Retries = new RetryRules { MaxDuration = RetryFor } },
                async (parsed, connection, cancellationToken) =>
                {
                    using var limit = new CancellationTokenSource(parsed.GetValue(within) ?? Timeout.InfiniteTimeSpan, shell.Time);
                    using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
                    try
                    {
                        TimerInfo? last = null;
                        await foreach (var timer in new TimerClient(connection).FollowAsync(
                            parsed.GetRequiredValue(id), parsed.GetValue(interval), stop.Token))
                        {
                            last = timer;
                            await WriteAsync(shell, timer, parsed.GetValue(json));
                        }

                        return last!.State == "succeeded" ? ExitCodes.Done : ExitCodes.NotSucceeded;
                    }
                    catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
                    {
                        await shell.Errors.WriteLineAsync("It has not ended in time.");
                        return ExitCodes.TimedOut;
                    }
                });
    }

    private static async Task WriteAsync(Shell shell, TimerInfo timer, bool asJson)
    {
        if (asJson)
        {
            await Json.WriteAsync(shell.Output, timer);
        }
        else
        {
            var next = timer.NextAt is { } at && timer.State == "scheduled" ? $", next attempt {Printable.Instant(at)}" : string.Empty;
            var attempt = timer.LastAttempt is { } latest ? $"; {TimerView.Describe(latest)}" : string.Empty;
            await shell.Output.WriteLineAsync(Printable.Text($"{timer.Id} {TimerView.State(timer)}{next}{attempt}"));
        }

        await shell.Output.FlushAsync();
    }
}
