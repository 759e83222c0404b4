using System.CommandLine;
using Client.Connections;
using Client.Printing;
using ClientLibrary;
using ClientLibrary.Timers;

namespace Client.Timers;

/// <summary>Does something with timers one by one.</summary>
internal static class EachTimer
{
    /// <summary>A command on timers that are named by their ids. Refused ones are told, and do not keep the others from it.</summary>
    public static Command Create(
        Shell shell, string name, string description, Func<TimerClient, string, CancellationToken, Task<TimerInfo>> run)
    {
        var ids = new Argument<string[]>("id") { Description = "The timers' ids.", Arity = ArgumentArity.OneOrMore };
        var json = Json.Option();
        return new Command(name, description) { ids, json }
            .Calls(shell, retriesOf: null, (parsed, connection, cancellationToken) => RunAsync(
                shell, parsed.GetRequiredValue(ids), parsed.GetValue(json),
                id => run(new TimerClient(connection), id, cancellationToken)));
    }

    /// <summary>One that is refused is told, and does not keep the others from it.</summary>
    public static async Task<int> RunAsync(Shell shell, string[] ids, bool asJson, Func<string, Task<TimerInfo>> run)
    {
        var code = ExitCodes.Done;
        foreach (var id in ids)
        {
            try
            {
                var timer = await run(id);
                await (asJson ? Json.WriteAsync(shell.Output, timer)
                    : shell.Output.WriteLineAsync(Printable.Text($"{timer.Id} {TimerView.State(timer)}")));
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
