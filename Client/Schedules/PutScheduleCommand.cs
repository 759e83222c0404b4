using System.CommandLine;
using Client.Connections;
using Client.Printing;
using ClientLibrary.Schedules;

namespace Client.Schedules;

/// <summary><c>timers schedules put</c>: creates a schedule, or replaces what was put before.</summary>
internal sealed class PutScheduleCommand(Shell shell)
{
    private readonly Argument<string> name = new("name") { Description = "The schedule's name." };
    private readonly ScheduleTimesOptions times = new();
    private readonly Option<string> url = new("--url") { Description = "The http or https address that each run calls.", Required = true };
    private readonly Option<string?> method = new("--method") { Description = "GET, POST, PUT, PATCH or DELETE. Default: POST." };
    private readonly Option<string[]> headers = new("--header")
    {
        Description = "A header to send along, 'Name: value'. May be repeated.",
    };

    private readonly Option<string?> body = new("--body") { Description = "The body: JSON, or any other text." };
    private readonly Option<int?> attempts = Inputs.Whole("--attempts", "Total attempts of a run, with the first one. Default: 5.", 1, 50);
    private readonly Option<TimeSpan?> timeout = Inputs.Duration("--timeout", "Time-out of an attempt. Default: 15s.");
    private readonly Option<string?> onAmbiguous = new("--on-ambiguous")
    {
        Description = "redeliver or park: what to do when it is unknown whether an attempt arrived. Default: redeliver.",
    };

    private readonly Option<string[]> tags = new("--tag") { Description = "A tag of each run's timer. May be repeated." };
    private readonly Option<string?> misfire = new("--misfire")
    {
        Description = "latest, all or skip: which missed runs come late. Default: latest.",
    };

    private readonly Option<TimeSpan?> catchUp = Inputs.Duration("--catch-up", "How late a missed run may still come. Default: 1h.");
    private readonly Option<TimeSpan?> maxAge = Inputs.Duration(
        "--max-age", "How long after its instant a run that is not delivered expires. Default: never.");

    private readonly Option<string?> overlap = new("--overlap")
    {
        Description = "allow, skip, bufferOne, bufferAll or cancelOther: what becomes of a run that is due while an earlier one is "
            + "unfinished. Default: allow.",
    };

    private readonly Option<bool> json = Json.Option();

    public Command Create()
    {
        headers.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => token.Value.IndexOf(':', StringComparison.Ordinal) < 1))
            {
                result.AddError("--header must be 'Name: value'.");
            }
        });
        var command = new Command("put", "Creates a schedule, or replaces it: its times are one of --cron, --rrule, --every and --at.")
        {
            name, url, method, headers, body, attempts, timeout, onAmbiguous, tags, misfire, catchUp, maxAge, overlap,
            json,
        };
        foreach (var option in times.All)
        {
            command.Add(option);
        }

        return command.Calls(shell, retriesOf: null, async (parsed, connection, cancellationToken) => await ScheduleView.WriteAsync(
            shell,
            await new ScheduleClient(connection).PutAsync(parsed.GetRequiredValue(name), Read(parsed), cancellationToken),
            parsed.GetValue(json)));
    }

    private NewSchedule Read(ParseResult parsed)
    {
        var when = times.Read(parsed);
        return new NewSchedule
        {
            Cron = when.Cron,
            Dialect = when.Dialect,
            Rrule = when.Rrule,
            Every = when.Every,
            At = when.At,
            Anchor = when.Anchor,
            Exdates = when.Exdates,
            Rdates = when.Rdates,
            Zone = when.Zone,
            StartAt = when.StartAt,
            EndAt = when.EndAt,
            MaxRuns = when.MaxRuns,
            Gap = when.Gap,
            Fold = when.Fold,
            Calendars = when.Calendars,
            Jitter = when.Jitter,
            Url = parsed.GetRequiredValue(url),
            Method = parsed.GetValue(method),
            Headers = parsed.GetValue(headers) is { Length: > 0 } given ? WebhookOptions.ReadHeaders(given) : null,
            Body = parsed.GetValue(body) is { } text ? WebhookOptions.ToContent(text) : null,
            Retry = parsed.GetValue(attempts) is { } total ? WebhookOptions.ToContent($"{{\"attempts\":{total}}}") : null,
            Timeout = parsed.GetValue(timeout),
            OnAmbiguous = parsed.GetValue(onAmbiguous),
            Tags = parsed.GetValue(tags) is { Length: > 0 } some ? some : null,
            Misfire = parsed.GetValue(misfire),
            CatchUp = parsed.GetValue(catchUp),
            MaxAge = parsed.GetValue(maxAge),
            Overlap = parsed.GetValue(overlap),
        };
    }
}
