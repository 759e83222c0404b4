using System.Globalization;
using Client.Connections;
using Client.Printing;
using ClientLibrary.Timers;

namespace Client.Timers;

/// <summary>Timers, for people or programs.</summary>
internal static class TimerView
{
    public static readonly string[] Headings = ["ID", "STATE", "DUE", "ATTEMPTS", "METHOD", "URL", "TAGS"];

    public static string?[] Cells(TimerInfo timer) =>
    [
        timer.Id, State(timer), Printable.Instant(timer.DueAt), timer.Attempts.ToString(CultureInfo.InvariantCulture), timer.Method,
        timer.Url, timer.Tags is null ? null : string.Join(',', timer.Tags),
    ];

    /// <summary>The state, and what is about to change it.</summary>
    public static string State(TimerInfo timer) => timer.Pending is null ? timer.State : $"{timer.State} ({timer.Pending} pending)";

    /// <summary>Prints one timer.</summary>
    public static async Task<int> WriteAsync(TextWriter output, TimerInfo timer, bool asJson)
    {
        if (asJson)
        {
            await Json.WriteAsync(output, timer);
            return ExitCodes.Done;
        }

        var table = new Table("ID", timer.Id);
        table.Add("STATE", State(timer));
        table.Add("DUE", Printable.Instant(timer.DueAt));
        Add("NEXT", Printable.Instant(timer.NextAt));
        Add("EXPIRES", Printable.Instant(timer.ExpiresAt));
        table.Add("CREATED", Printable.Instant(timer.CreatedAt));
        Add("FINISHED", Printable.Instant(timer.FinishedAt));
        table.Add("CALLS", $"{timer.Method} {timer.Url}");
        Add("TAGS", timer.Tags is null ? null : string.Join(',', timer.Tags));
        table.Add("ATTEMPTS", timer.Attempts.ToString(CultureInfo.InvariantCulture));
        Add("LAST", timer.LastAttempt is null ? null : Describe(timer.LastAttempt));
        Add("NOTE", timer.MayStillArrive == true ? "an attempt whose outcome was lost may still arrive" : null);
        await table.WriteAsync(output);
        return ExitCodes.Done;

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                table.Add(name, value);
            }
        }
    }

    /// <summary>Prints what a timer would become.</summary>
    public static async Task<int> WriteAsync(TextWriter output, TimerPreview preview, bool asJson)
    {
        if (asJson)
        {
            await Json.WriteAsync(output, preview);
            return ExitCodes.Done;
        }

        var table = new Table("DUE", Printable.Instant(preview.DueAt));
        if (preview.ExpiresAt is { } end)
        {
            table.Add("EXPIRES", Printable.Instant(end));
        }

        foreach (var attempt in preview.Attempts)
        {
            table.Add(
                $"ATTEMPT {attempt.Attempt.ToString(CultureInfo.InvariantCulture)}",
                attempt.Earliest == attempt.Latest ? Printable.Instant(attempt.Earliest)
                    : $"{Printable.Instant(attempt.Earliest)} to {Printable.Instant(attempt.Latest)}");
        }

        table.Add("ENDS", preview.Ends);
        table.Add("ALSO DUE", Printable.Load(preview.AlsoDue));
        if (preview.Exists)
        {
            table.Add("NOTE", "there is a timer with this id");
        }

        await table.WriteAsync(output);
        return ExitCodes.Done;
    }

    /// <summary>An attempt in one line.</summary>
    public static string Describe(TimerAttempt attempt)
    {
        var result = attempt.Error ?? attempt.Status?.ToString(CultureInfo.InvariantCulture);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"attempt {attempt.Attempt} at {Printable.Instant(attempt.StartedAt)}: {result}, {attempt.LatenessMs:0.0} ms late, "
            + $"took {attempt.LatencyMs:0.0} ms");
    }
}
