using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tests.Support;

namespace Tests.EndToEnd.Schedules;

/// <summary>Knows which runs schedules have, and compares them with what arrived: none is lost, none comes twice under two ids.</summary>
internal sealed class ScheduleJournal(HttpClient http, Receiver receiver, TimeSpan maxWait)
{
    public const string Root = "/api/v1/schedules";

    private const int Days = 200;
    private static readonly DateOnly FirstDay = new(2020, 1, 1);
    private readonly List<string> names = [];
    private string? past;

    /// <summary>Puts schedules that run every second, or every two and one after the other.</summary>
    public async Task PutAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var name = $"s-{Guid.NewGuid():N}";
            names.Add(name);
            await PutAsync(name, change: 0);
        }
    }

    /// <summary>Puts a schedule whose runs are long past, and has them made at a rate that lasts over the kills.</summary>
    public async Task BackfillAsync()
    {
        past = $"p-{Guid.NewGuid():N}";
        await UntilAsync(() => http.PutAsJsonAsync(
            $"{Root}/{past}", new { every = "P1D", anchor = $"{FirstDay:yyyy-MM-dd}T00:00:00Z", url = receiver.At("/past") }));
        var (from, to) = ($"{FirstDay:yyyy-MM-dd}T00:00:00Z", $"{FirstDay.AddDays(Days - 1):yyyy-MM-dd}T00:00:00Z");
        await UntilAsync(() => http.PostAsJsonAsync($"{Root}/{past}/backfill", new { from, to, perMinute = 300 }));
    }

    /// <summary>Puts one of them with another webhook; whatever becomes of the request, it is repeated until it is answered.</summary>
    public Task ChangeAsync(Random random, int change) => PutAsync(names[random.Next(names.Count)], change);

    /// <summary>Waits until each has so many more runs.</summary>
    public Task FlowAsync(int runs)
    {
        var arrived = Arrived();
        return Eventually.That(
            () => Arrived() is var now && names.All(name => Count(now, name) >= Count(arrived, name) + runs), maxWait, "runs flow");

        static int Count(Dictionary<string, List<Arrival>> all, string name) => all.GetValueOrDefault(name)?.Count ?? 0;
    }

    /// <summary>Pauses all, and compares.</summary>
    public async Task CheckAsync()
    {
        await CheckPastAsync();
        foreach (var name in names)
        {
            await UntilAsync(() => http.PostAsync($"{Root}/{name}/pause", content: null));
        }

        // What is near may still come; then every run that is told to be made has an end.
        foreach (var name in names)
        {
            await Eventually.That(
                async () =>
                {
                    using var answer = await http.GetAsync($"{Root}/{name}");
                    if (!answer.IsSuccessStatusCode)
                    {
                        return false;
                    }

                    var schedule = await answer.Content.ReadFromJsonAsync<JsonElement>();
                    return schedule.GetProperty("recent").EnumerateArray().All(run => run.GetProperty("state").GetString() == "succeeded")
                        && Arrived().TryGetValue(name, out var arrivals)
                        && Numbers(arrivals).Distinct().Count() == schedule.GetProperty("runs").GetInt32();
                },
                maxWait,
                () => $"all runs of {name} arrive");
        }

        foreach (var (name, arrivals) in Arrived())
        {
            var runs = arrivals.GroupBy(each => each.Headers["timer-scheduled-for"])
                .OrderBy(group => group.Key, StringComparer.Ordinal).ToList();
            var step = TimeSpan.FromSeconds(names.IndexOf(name) % 2 == 0 ? 1 : 2);
            var instants = runs.ConvertAll(run => DateTimeOffset.Parse(run.Key, System.Globalization.CultureInfo.InvariantCulture));
            Assert.That(runs.Where(run => run.Select(each => each.WebhookId).Distinct().Count() > 1).Select(run => run.Key), Is.Empty,
                $"{name}: an instant has one run");
            Assert.That(instants, Is.EqualTo(instants.Select((_, i) => instants[0] + (i * step))), $"{name}: none is lost");
            Assert.That(arrivals.Where(each => each.At < each.DueAt), Is.Empty, $"{name}: none is early");
        }

        Assert.That(Arrived().Keys, Is.EquivalentTo(names));

        static IEnumerable<string> Numbers(List<Arrival> arrivals) => arrivals.Select(each => each.Headers["timer-occurrence"]);
    }

    /// <summary>Each past instant has come, under one id.</summary>
    private async Task CheckPastAsync()
    {
        var expected = Enumerable.Range(0, Days).Select(day => $"{FirstDay.AddDays(day):yyyy-MM-dd}T00:00:00.000Z").ToList();
        await Eventually.That(() => Runs().Count() == Days, maxWait, () => $"{Runs().Count()} of {Days} past runs have come");
        Assert.That(Runs().Select(run => run.Key), Is.EquivalentTo(expected));
        Assert.That(Runs().Where(run => run.Select(each => each.WebhookId).Distinct().Count() > 1).Select(run => run.Key), Is.Empty);

        IEnumerable<IGrouping<string, Arrival>> Runs() => receiver.Journal
            .Where(each => each.Headers.TryGetValue("timer-schedule", out var name) && name == past)
            .GroupBy(each => each.Headers["timer-scheduled-for"]);
    }

    private Dictionary<string, List<Arrival>> Arrived() => receiver.Journal
        .Where(each => each.Headers.TryGetValue("timer-schedule", out var name) && names.Contains(name))
        .GroupBy(each => each.Headers["timer-schedule"]).ToDictionary(group => group.Key, group => group.ToList());

    private Task PutAsync(string name, int change) => UntilAsync(() => http.PutAsJsonAsync($"{Root}/{name}", new
    {
        every = names.IndexOf(name) % 2 == 0 ? "PT1S" : "PT2S",
        url = receiver.At($"/{change}"),
        misfire = "all",
        overlap = names.IndexOf(name) % 2 == 0 ? "allow" : "bufferAll",
    }));

    private async Task UntilAsync(Func<Task<HttpResponseMessage>> send) => await Eventually.That(
        async () =>
        {
            try
            {
                using var answer = await send();
                return answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        },
        maxWait,
        "it is answered");
}
