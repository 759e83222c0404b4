using System.CommandLine;
using System.Globalization;
using Client.Connections;
using Client.Printing;
using ClientLibrary;
using ClientLibrary.Live;

namespace Client.Tailing;

/// <summary><c>timers tail</c>: prints what a live stream tells, and connects again when it is cut.</summary>
internal sealed class TailCommand(Shell shell)
{
    private static readonly TimeSpan DefaultRetries = TimeSpan.FromMinutes(10);

    /// <summary>Makes a slice's part.</summary>
    /// <param name="command">With the options that say what to watch.</param>
    /// <param name="watch">Opens the stream, from a position on if there is one.</param>
    public Command Create(
        Command command, Func<ServiceConnection, ParseResult, string?, CancellationToken, IAsyncEnumerable<LiveEvent>> watch)
    {
        var since = new Option<string?>("--since") { Description = "The id of an event that was seen: tells what has changed since." };
        var count = Inputs.Whole("--count", "Ends after so many events. Default: Ctrl+C ends it.", 1, int.MaxValue);
        var retryFor = Inputs.Duration("--retry-for", "How long to try to connect again. Default: 10m.");
        var json = Json.Option();
        command.Add(since);
        command.Add(count);
        command.Add(retryFor);
        command.Add(json);
        return command.Calls(
            shell,
            parsed => new ConnectionOptions
            {
                Retries = new RetryRules { MaxDuration = parsed.GetValue(retryFor) ?? DefaultRetries },
                Pausing = (failure, pause) => shell.Errors.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{failure.Message}; connects again in {pause.TotalSeconds:0.0} s")),
            },
            async (parsed, connection, cancellationToken) =>
            {
                try
                {
                    var left = parsed.GetValue(count) ?? int.MaxValue;
                    await foreach (var each in watch(connection, parsed, parsed.GetValue(since), cancellationToken))
                    {
                        await PrintAsync(each, parsed.GetValue(json));
                        if (--left == 0)
                        {
                            break;
                        }
                    }
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                {
                    // Ctrl+C is how it ends.
                }

                return ExitCodes.Done;
            });
    }

    private async Task PrintAsync(LiveEvent each, bool asJson)
    {
        if (asJson)
        {
            await Json.WriteAsync(shell.Output, new { @event = each.Name, id = each.Id, data = each.Data });
        }
        else
        {
            var now = shell.Time.GetUtcNow();
            var at = Printable.Instant(now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond)));
            await shell.Output.WriteLineAsync($"{at} {Printable.Text(each.Name),-8} {Printable.Text(each.Data.GetRawText())}");
        }

        // Whoever reads it through a pipe reads it now.
        await shell.Output.FlushAsync();
    }
}
