using System.CommandLine;
using Client.Connections;
using Client.Printing;
using ClientLibrary;
using ClientLibrary.Timers;

namespace Client.Timers;

/// <summary><c>timers create</c>: creates a timer.</summary>
internal sealed class CreateTimerCommand(Shell shell)
{
    private static readonly TimeSpan RetryFor = TimeSpan.FromSeconds(30);

    private readonly Argument<string> url = new("url") { Description = "The http or https address that is called." };
    private readonly Option<TimeSpan?> delay = Inputs.Duration("--delay", "The time from now.");
    private readonly Option<DateTimeOffset?> dueAt = Inputs.Instant("--due-at", "The instant, in place of --delay.");
    private readonly Option<TimeSpan?> maxDelay = Inputs.Duration(
        "--max-delay", "How far from its creation touches can push it out. Default: no bound.");

    private readonly Option<DateTimeOffset?> expiresAt = Inputs.Instant(
        "--expires-at", "The instant from which on it is not sent. Default: never.");

    private readonly Option<TimeSpan?> maxAge = Inputs.Duration("--max-age", "The same as a time from its due instant.");

    private readonly Option<string?> id = new("--id") { Description = "An id of your own, which makes repeating the command safe." };
    private readonly Option<string?> idempotencyKey = new("--idempotency-key") { Description = "The same without an id of your own." };
    private readonly Option<string?> method = new("--method") { Description = "GET, POST, PUT, PATCH or DELETE. Default: POST." };

    private readonly Option<string[]> headers = new("--header")
    {
        Description = "A header to send along, 'Name: value'. May be repeated.",
    };

    private readonly Option<string?> body = new("--body")
    {
        Description = "The body: JSON, or any other text; @FILE for a file's content, @- for the standard input.",
    };

    private readonly Option<string[]> tags = new("--tag") { Description = "A tag to find it by. May be repeated." };
    private readonly Option<string?> metadata = new("--metadata") { Description = "A JSON object that is kept and shown, never sent." };
    private readonly Option<int?> attempts = Inputs.Whole("--attempts", "Total attempts, with the first one. Default: 5.", 1, 50);
    private readonly Option<TimeSpan?> timeout = Inputs.Duration("--timeout", "Time-out of an attempt. Default: 15s.");
    private readonly Option<string?> onAmbiguous = new("--on-ambiguous")
    {
        Description = "redeliver or park: what to do when it is unknown whether an attempt arrived. Default: redeliver.",
    };

    private readonly Option<string?> onConflict = new("--on-conflict")
    {
        Description = "return, reject or replace: what to do if the id is taken. Default: return the timer that has it if it is the same.",
    };

    private readonly Option<bool> preview = new("--preview")
    {
        Description = "Shows what the timer would become, and what else is due at its receiver then. Nothing is created.",
    };

    private readonly Option<bool> json = Json.Option();

    public static Command Create(Shell shell) => new CreateTimerCommand(shell).Create();

    private Command Create()
    {
        headers.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => token.Value.IndexOf(':', StringComparison.Ordinal) < 1))
            {
                result.AddError("--header must be 'Name: value'.");
            }
        });
        var command = new Command("create", "Creates a timer, which calls an address when it is due.")
        {
            url, delay, dueAt, maxDelay, expiresAt, maxAge, id, idempotencyKey, method, headers, body, tags, metadata, attempts, timeout,
            onAmbiguous, onConflict, preview, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(delay) is null == result.GetResult(dueAt) is null)
            {
                result.AddError("A timer needs --delay or --due-at, one of them.");
            }

            if (result.GetResult(expiresAt) is not null && result.GetResult(maxAge) is not null)
            {
                result.AddError("Give --expires-at or --max-age, one of them.");
            }
        });
        return command.Calls(
            shell,
            _ => new ConnectionOptions { Retries = new RetryRules { MaxDuration = RetryFor } },
            async (parsed, connection, cancellationToken) =>
            {
                var (timers, asked) = (new TimerClient(connection), await ReadAsync(parsed, cancellationToken));
                if (parsed.GetValue(preview))
                {
                    return await TimerView.WriteAsync(
                        shell.Output, await timers.PreviewAsync(asked, cancellationToken), parsed.GetValue(json));
                }

                var timer = await timers.CreateAsync(asked, parsed.GetValue(idempotencyKey), cancellationToken);
                return await TimerView.WriteAsync(shell.Output, timer, parsed.GetValue(json));
            });
    }

    private async Task<NewTimer> ReadAsync(ParseResult parsed, CancellationToken cancellationToken) => new()
    {
        Url = parsed.GetRequiredValue(url),
        Delay = parsed.GetValue(delay),
        DueAt = parsed.GetValue(dueAt),
        MaxDelay = parsed.GetValue(maxDelay),
        ExpiresAt = parsed.GetValue(expiresAt),
        MaxAge = parsed.GetValue(maxAge),
        Id = parsed.GetValue(id),
        Method = parsed.GetValue(method),
        Headers = parsed.GetValue(headers) is { Length: > 0 } given ? WebhookOptions.ReadHeaders(given) : null,
        Body = parsed.GetValue(body) is { } text ? WebhookOptions.ToContent(await ReadTextAsync(text, cancellationToken)) : null,
        Tags = parsed.GetValue(tags) is { Length: > 0 } some ? some : null,
        Metadata = parsed.GetValue(metadata) is { } kept ? WebhookOptions.ToContent(kept) : null,
        Retry = parsed.GetValue(attempts) is { } total ? new TimerRetry { Attempts = total } : null,
        Timeout = parsed.GetValue(timeout),
        OnAmbiguous = parsed.GetValue(onAmbiguous),
        OnConflict = parsed.GetValue(onConflict),
    };

    private async Task<string> ReadTextAsync(string text, CancellationToken cancellationToken)
    {
        if (!text.StartsWith('@'))
        {
            return text;
        }

        using var reader = text == "@-" ? new StreamReader(shell.OpenInput()) : new StreamReader(text[1..]);
        return await reader.ReadToEndAsync(cancellationToken);
    }
}
