using System.CommandLine;
using Client.Connections;
using Client.Printing;
using ClientLibrary.Timers;

namespace Client.Timers;

/// <summary><c>timers cancel</c>: cancels timers.</summary>
internal static class CancelTimersCommand
{
    public static Command Create(Shell shell)
    {
        var ids = new Argument<string[]>("id") { Description = "The timers' ids.", Arity = ArgumentArity.OneOrMore };
        var json = Json.Option();
        return new Command("cancel", "Cancels timers. Of one in flight the attempt may still arrive; none will follow.") { ids, json }
            .Calls(shell, retriesOf: null, (parsed, connection, cancellationToken) => EachTimer.RunAsync(
                shell, parsed.GetRequiredValue(ids), parsed.GetValue(json),
                id => new TimerClient(connection).CancelAsync(id, cancellationToken)));
    }
}
