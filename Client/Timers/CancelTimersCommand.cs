using System.CommandLine;
using Client.Connections;

namespace Client.Timers;

/// <summary><c>timers cancel</c>: cancels timers.</summary>
internal static class CancelTimersCommand
{
    public static Command Create(Shell shell) => EachTimer.Create(
        shell, "cancel", "Cancels timers. Of one in flight the attempt may still arrive; none will follow.",
        (timers, id, cancellationToken) => timers.CancelAsync(id, cancellationToken));
}
