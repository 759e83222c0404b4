using Client.Connections;
using Client.Printing;
using ClientLibrary;
using ClientLibrary.Timers;

namespace Client.Timers;

/// <summary>Does something with timers one by one.</summary>
internal static class EachTimer
{
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
