using System.CommandLine;
using Client.Connections;
using Client.Printing;
using ClientLibrary;
using ClientLibrary.Timers;

namespace Client.Timers;

/// <summary><c>timers delete</c>: erases timers that have finished.</summary>
internal static class DeleteTimersCommand
{
    public static Command Create(Shell shell)
    {
        var ids = new Argument<string[]>("id") { Description = "The timers' ids.", Arity = ArgumentArity.OneOrMore };
        return new Command(
            "delete", "Erases timers that have finished, which frees their ids. One that has not finished is cancelled.") { ids }
            .Calls(shell, retriesOf: null, (parsed, connection, cancellationToken) =>
                RunAsync(shell, parsed.GetRequiredValue(ids), new TimerClient(connection), cancellationToken));
    }

    private static async Task<int> RunAsync(Shell shell, string[] ids, TimerClient timers, CancellationToken cancellationToken)
    {
        var code = ExitCodes.Done;
        foreach (var id in ids)
        {
            try
            {
                var left = await timers.DeleteAsync(id, cancellationToken);
                await shell.Output.WriteLineAsync(Printable.Text($"{id} {(left is null ? "deleted" : TimerView.State(left))}"));
            }
            catch (ServiceProblemException problem) when (!problem.IsTransient)
            {
                await shell.Errors.WriteLineAsync($"{Printable.Text(id)}: {problem.Message}");
                code = ExitCodes.Refused;
            }
        }

        return code;
    }
}
