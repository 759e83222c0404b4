using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Client.Connections;
using Client.Printing;
using ClientLibrary;
using ClientLibrary.Events;
using Contracts.Access;

namespace Client.Sending;

/// <summary><c>timers send</c>: sends files of events, each line once however often the command is interrupted and repeated.</summary>
internal sealed class SendCommand
{
    private const string StandardInput = "-";
    private const int DefaultBatch = 1_000;
    private static readonly TimeSpan DefaultRetries = TimeSpan.FromMinutes(10);

    private readonly Shell shell;
    private readonly IReadOnlyList<EventFeed> feeds;
    private readonly ServiceOptions service;
    private readonly Argument<string> slice;

    private readonly Argument<string[]> files = new("file")
    {
        Description = "Files of JSON Lines, or - for the standard input.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<int?> batch = Inputs.Whole(
        "--batch", $"Maximum number of lines in a request. Default: {DefaultBatch}.", 1, EventClient.MaxEvents);

    private readonly Option<TimeSpan?> retryFor = Inputs.Duration(
        "--retry-for", "How long to repeat a request while the service is away, restarts or asks for a pause. Default: 10m.");

    private readonly Option<bool> restart = new("--restart")
    {
        Description = "Begins at the first line. Lines keep their ids, so none counts twice.",
    };

    private readonly Option<string?> salt = new("--salt")
    {
        Description = "What ids of lines without one are made of, beside their numbers. Default: the file's content, so that its "
            + "copies count once.",
    };

    private readonly Option<string?> checkpoints = new("--checkpoints")
    {
        Description = "Folder of the checkpoints. Default: beside each file.",
    };

    private readonly Option<bool> json = Json.Option();

    private SendCommand(IReadOnlyList<EventFeed> feeds, Shell shell)
    {
        (this.feeds, this.shell) = (feeds, shell);
        slice = GenerateCommand.SliceArgument(feeds);
        service = new ServiceOptions(shell);
    }

    /// <summary>Creates the command.</summary>
    /// <param name="feeds">What can be sent.</param>
    /// <param name="shell">Where it reads from and writes to.</param>
    public static Command Create(IReadOnlyList<EventFeed> feeds, Shell shell) => new SendCommand(feeds, shell).Create();

    private Command Create()
    {
        var command = new Command("send", "Sends files of events. The same command again goes on where it stopped; no line counts twice.")
        {
            slice, files, batch, retryFor, restart, salt, checkpoints, json,
        };
        service.AddTo(command);
        command.SetAction((parsed, cancellationToken) => ServiceCommand.GuardAsync(
            shell, () => SendAllAsync(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private async Task<int> SendAllAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var code = ExitCodes.Done;
        foreach (var file in parsed.GetRequiredValue(files))
        {
            code = Math.Max(code, await SendAsync(parsed, file, cancellationToken));
        }

        return code;
    }

    private async Task<int> SendAsync(ParseResult parsed, string file, CancellationToken cancellationToken)
    {
        var view = new SendView(shell, file, parsed.GetValue(json));
        var options = new ConnectionOptions
        {
            Retries = new RetryRules { MaxDuration = parsed.GetValue(retryFor) ?? DefaultRetries },
            Pausing = view.Pausing,
            Time = shell.Time,
        };
        using var connection = service.Connect(parsed, options);
        var feed = feeds.Single(each => each.Name == parsed.GetValue(slice));
        var target = new Checkpoint
        {
            Service = connection.Address.AbsoluteUri,
            Key = KeyText.TryParse(service.Resolve(parsed).Key, out var key) ? key.Id : null,
            Slice = feed.Name,
            Salt = parsed.GetValue(salt) ?? string.Empty,
        };
        var sender = new FileSender(new EventClient(connection), feed, parsed.GetValue(batch) ?? DefaultBatch, view);
        try
        {
            if (file == StandardInput)
            {
                await using var input = shell.OpenInput();
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

                // Nobody can send it again from its middle, and what it will hold is unknown.
                target = target with { Salt = target.Salt.Length > 0 ? target.Salt : Guid.NewGuid().ToString() };
                return await SummariseAsync(
                    parsed, view, file, target, await sender.SendAsync(input, target, hash, null, null, cancellationToken));
            }

            var store = new CheckpointFile(CheckpointPath(parsed, file, feed));
            using var opened = await SentFile.OpenAsync(file, store, target, parsed.GetValue(restart), cancellationToken);
            var sent = await sender.SendAsync(opened.Stream, opened.Begin, opened.Sent, opened.Length, store, cancellationToken);
            return await SummariseAsync(parsed, view, file, opened.Begin, sent);
        }
        catch (Exception error) when (error is ServiceException or OperationCanceledException)
        {
            view.Clear();
            if (file != StandardInput)
            {
                await shell.Errors.WriteLineAsync($"{file} is not sent to its end; the same command goes on where it stopped.");
            }

            throw;
        }
    }

    private async Task<int> SummariseAsync(ParseResult parsed, SendView view, string file, Checkpoint begin, Checkpoint end)
    {
        view.Clear();
        if (parsed.GetValue(json))
        {
            await Json.WriteAsync(
                shell.Output,
                new
                {
                    file,
                    lines = end.Line,
                    accepted = end.Accepted,
                    duplicates = end.Duplicates,
                    rejected = end.Rejected,
                    before = begin.Line,
                });
        }
        else
        {
            var before = begin.Line > 0 ? $", {Printable.Number(begin.Line)} of them before" : string.Empty;
            await shell.Output.WriteLineAsync(
                $"{file}: {Printable.Number(end.Line)} lines{before}; {Printable.Number(end.Accepted)} accepted "
                + $"({Printable.Number(end.Duplicates)} duplicates), {Printable.Number(end.Rejected)} rejected");
        }

        return end.Rejected > 0 ? ExitCodes.Refused : ExitCodes.Done;
    }

    private string CheckpointPath(ParseResult parsed, string file, EventFeed feed)
    {
        if (parsed.GetValue(checkpoints) is not { } folder)
        {
            return $"{file}.{feed.Name}.checkpoint";
        }

        // Files of the same name may come from different folders.
        Directory.CreateDirectory(folder);
        var path = Path.GetFullPath(file);
        var mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..8];
        return Path.Combine(folder, $"{Path.GetFileName(path)}.{mark}.{feed.Name}.checkpoint");
    }
}
