using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tests.Support;

namespace Tests.EndToEnd.Schedules;

/// <summary>
/// Knows when a calendar allowed the runs of the schedules that name it, and compares: what it allowed has run once, and what it did not
/// has run only as far as it had been made before.
/// </summary>
internal sealed class CalendarJournal(HttpClient http, Receiver receiver, TimeSpan maxWait)
{
    private readonly string calendar = $"c-{Guid.NewGuid():N}";
    private readonly List<string> names = [];
    private readonly List<(DateTimeOffset At, bool IsOpen)> changes = [];

    /// <summary>Puts the calendar, open, and schedules that run every second.</summary>
    public async Task PutAsync(int count)
    {
        await ChangeAsync();
        for (var i = 0; i < count; i++)
        {
            var name = $"n-{Guid.NewGuid():N}";
            names.Add(name);
            await UntilAsync(() => http.PutAsJsonAsync($"{ScheduleJournal.Root}/{name}", new
            {
                every = "PT1S",
                url = receiver.At("/calendar"),
                misfire = "all",
                calendars = new[] { new { name = calendar } },
            }));
        }
    }

    /// <summary>Closes the calendar or opens it again; whatever becomes of the request, it is repeated until it is answered.</summary>
    public async Task ChangeAsync()
    {
        var isOpen = changes.Count == 0 || !changes[^1].IsOpen;
        var exclude = new[] { isOpen ? "2000-01-01" : "2000-01-01/2099-12-31" };
        var answer = await UntilAsync(() => http.PutAsJsonAsync($"/api/v1/calendars/{calendar}", new { exclude }));
        changes.Add((Instant(answer.GetProperty("changedAt").GetString()!), isOpen));
    }

    /// <summary>Waits until each has so many more runs.</summary>
    public Task FlowAsync(int runs)
    {
        var before = names.ToDictionary(name => name, name => Arrived(name).Count);
        return Eventually.That(() => names.All(name => Arrived(name).Count >= before[name] + runs), maxWait, "runs flow");
    }

    /// <summary>Waits until all know that the calendar is closed: then nothing but its next change wakes them.</summary>
    public async Task ClosedAsync()
    {
        foreach (var name in names)
        {
            await Eventually.That(async () => await ReadAsync(name) is { } schedule && IsClosed(schedule), maxWait, "its runs move");
        }
    }

    /// <summary>Closes the calendar, waits until nothing comes any more, and compares.</summary>
    public async Task CheckAsync()
    {
        if (changes[^1].IsOpen)
        {
            await ChangeAsync();
        }

        foreach (var name in names)
        {
            await Eventually.That(() => IsQuietAsync(name), maxWait, () => $"all runs of {name} arrive");
            var arrivals = Arrived(name);
            Assert.That(
                arrivals.GroupBy(each => each.Headers["timer-scheduled-for"])
                    .Where(run => run.Select(each => each.WebhookId).Distinct().Count() > 1).Select(run => run.Key),
                Is.Empty, $"{name}: an instant has one run");
            var instants = arrivals.Select(each => Instant(each.Headers["timer-scheduled-for"])).ToHashSet();
            for (var at = instants.Min(); at <= instants.Max(); at = at.AddSeconds(1))
            {
                var (changed, isOpen) = changes.Last(each => each.At < at);
                var isExpected = isOpen
                    || (instants.Contains(at) && (at.AddSeconds(-1) <= changed || instants.Contains(at.AddSeconds(-1))));
                Assert.That(instants.Contains(at), Is.EqualTo(isExpected), $"{name}: {at:O}, changed {changed:O}");
            }
        }
    }

    private async Task<JsonElement?> ReadAsync(string name)
    {
        using var answer = await http.GetAsync($"{ScheduleJournal.Root}/{name}");
        return answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<JsonElement>() : null;
    }

    private static bool IsClosed(JsonElement schedule) =>
        schedule.TryGetProperty("nextAt", out var next) && Instant(next.GetString()!).Year == 2100;

    private async Task<bool> IsQuietAsync(string name) =>
        await ReadAsync(name) is { } schedule && IsClosed(schedule)
            && schedule.GetProperty("recent").EnumerateArray().All(run => run.GetProperty("state").GetString() == "succeeded")
            && Arrived(name).Select(each => each.WebhookId).Distinct().Count() == schedule.GetProperty("runs").GetInt32();

    private List<Arrival> Arrived(string name) => [.. receiver.Journal
        .Where(each => each.Headers.TryGetValue("timer-schedule", out var schedule) && schedule == name)];

    private async Task<JsonElement> UntilAsync(Func<Task<HttpResponseMessage>> send)
    {
        JsonElement body = default;
        await Eventually.That(
            async () =>
            {
                try
                {
                    using var answer = await send();
                    var isDone = answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created;
                    body = isDone ? await answer.Content.ReadFromJsonAsync<JsonElement>() : default;
                    return isDone;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            maxWait,
            "it is answered");
        return body;
    }

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
