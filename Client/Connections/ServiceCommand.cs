using System.CommandLine;
using ClientLibrary;

namespace Client.Connections;

/// <summary>A command that calls a service: it connects, and turns what goes wrong into a message and an exit code.</summary>
internal static class ServiceCommand
{
    /// <summary>Gives a command the options of the service, and what it does.</summary>
    /// <param name="command">The command.</param>
    /// <param name="shell">Where it reads from and writes to.</param>
    /// <param name="retriesOf">How long requests are repeated; null not to.</param>
    /// <param name="run">What it does; its result is the exit code.</param>
    public static Command Calls(
        this Command command, Shell shell, Func<ParseResult, ConnectionOptions>? retriesOf,
        Func<ParseResult, ServiceConnection, CancellationToken, Task<int>> run)
    {
        var service = new ServiceOptions(shell);
        service.AddTo(command);
        command.SetAction((parsed, cancellationToken) => GuardAsync(shell, async () =>
        {
            var options = retriesOf?.Invoke(parsed) ?? new ConnectionOptions { Retries = RetryRules.None };
            using var connection = service.Connect(parsed, options with { Time = shell.Time });
            return await run(parsed, connection, cancellationToken);
        }, cancellationToken));
        return command;
    }

    /// <summary>Runs a command, and tells what goes wrong.</summary>
    public static async Task<int> GuardAsync(Shell shell, Func<Task<int>> run, CancellationToken cancellationToken)
    {
        try
        {
            return await run();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (ServiceException error)
        {
            await shell.Errors.WriteLineAsync(error.Message);
            return error.IsTransient ? ExitCodes.Unavailable : ExitCodes.Refused;
        }
        catch (Exception error) when (error is UsageException or IOException or UnauthorizedAccessException)
        {
            await shell.Errors.WriteLineAsync(error.Message);
            return ExitCodes.Unusable;
        }
    }
}
