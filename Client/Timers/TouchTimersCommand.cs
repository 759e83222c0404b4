using System.CommandLine;
using Client.Connections;
using Client.Printing;
using ClientLibrary.Timers;

namespace Client.Timers;

/// <summary><c>timers touch</c>: pushes timers out by their own delay.</summary>
internal static class TouchTimersCommand
{
    public static Command Create(Shell shell)
    {
        var ids = new Argument<string[]>("id") { Description = "The timers' ids.", Arity = ArgumentArity.OneOrMore };
        var json = Json.Option();
        return new Command("touch", "Pushes timers out by their own delay from now, up to their maximum: what they watch is alive.")
            {
                ids, json,
            }
            .Calls(shell, retriesOf: null, (parsed, connection, cancellationToken) => EachTimer.RunAsync(
                shell, parsed.GetRequiredValue(ids), parsed.GetValue(json),
                id => new TimerClient(connection).TouchAsync(id, cancellationToken)));
    }
}
