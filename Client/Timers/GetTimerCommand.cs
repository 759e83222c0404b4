using System.CommandLine;
using Client.Connections;
using Client.Printing;
using ClientLibrary.Timers;

namespace Client.Timers;

/// <summary><c>timers get</c>: shows a timer.</summary>
internal static class GetTimerCommand
{
    public static Command Create(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The timer's id." };
        var attempts = new Option<bool>("--attempts") { Description = "Shows all attempts in place of the timer." };
        var json = Json.Option();
        return new Command("get", "Shows a timer.") { id, attempts, json }
            .Calls(shell, retriesOf: null, async (parsed, connection, cancellationToken) =>
            {
                var (timers, name) = (new TimerClient(connection), parsed.GetRequiredValue(id));
                if (!parsed.GetValue(attempts))
                {
                    return await TimerView.WriteAsync(
                        shell.Output, await timers.GetAsync(name, cancellationToken), parsed.GetValue(json));
                }

                foreach (var attempt in await timers.GetAttemptsAsync(name, cancellationToken))
                {
                    await (parsed.GetValue(json) ? Json.WriteAsync(shell.Output, attempt)
                        : shell.Output.WriteLineAsync(Printable.Text(TimerView.Describe(attempt))));
                }

                return ExitCodes.Done;
            });
    }
}
