using System.CommandLine;
using Client.Connections;

namespace Client.Timers;

/// <summary><c>timers touch</c>: pushes timers out by their own delay.</summary>
internal static class TouchTimersCommand
{
    public static Command Create(Shell shell) => EachTimer.Create(
        shell, "touch", "Pushes timers out by their own delay from now, up to their maximum: what they watch is alive.",
        (timers, id, cancellationToken) => timers.TouchAsync(id, cancellationToken));
}
