using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using Tests.Support;

namespace Tests.Faults;

/// <summary>Clients that remember what they were told. Several processes may answer; requests go to them in turn.</summary>
public sealed class Journal(params HttpClient[] http)
{
    private const string Timers = "/api/v1/timers";
    private readonly ConcurrentQueue<Told> told = new();
    private readonly ConcurrentDictionary<Seen, byte> seen = new();
    private readonly ConcurrentQueue<Recount> recounts = new();
    private readonly string name = Guid.NewGuid().ToString("N");
    private int count;
    private int asked;

    /// <summary>How many creates were acknowledged.</summary>
    public int Count => Volatile.Read(ref count);

    public IReadOnlyList<Told> Told => [.. told];

    /// <summary>Creates that were acknowledged: from here on the service owes a webhook.</summary>
    public IReadOnlyList<Told> Acknowledged => Creates(Verdict.Ok);

    /// <summary>Creates that were refused: their timers must never appear.</summary>
    public IReadOnlyList<Told> Refused => Creates(Verdict.Refused);

    /// <summary>Creates whose outcome is unknown.</summary>
    public IReadOnlyList<Told> Unknown => Creates(Verdict.Unknown);

    /// <summary>Creates timers one by one over several connections; a connection ends when its service dies.</summary>
    public Task CreateAsync(int number, Func<int, object> timer, int connections = 16, CancellationToken until = default) =>
        Task.WhenAll(Enumerable.Range(0, connections).Select(async connection =>
        {
            for (var i = connection; i < number && !until.IsCancellationRequested; i += connections)
            {
                if ((await CreateAsync(timer(i), client: connection)).Id is null)
                {
                    return;
                }
            }
        }));

    /// <summary>Creates a timer whose webhook will carry the request's mark.</summary>
    /// <param name="timer">The request.</param>
    /// <param name="key">An Idempotency-Key.</param>
    /// <param name="client">Which of the processes to ask.</param>
    public Task<Told> CreateAsync(object timer, string? key = null, int client = 0)
    {
        // A client that uses a key again sends the same request.
        var mark = key ?? NewMark();
        var body = Marked(timer, mark);
        var request = new HttpRequestMessage(HttpMethod.Post, Timers) { Content = JsonContent.Create(body) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return AskAsync(Deed.Create, request, null, client, body, mark, key);
    }

    public Task<Told> CancelAsync(string id, int client = 0) =>
        AskAsync(Deed.Cancel, new HttpRequestMessage(HttpMethod.Post, $"{Timers}/{id}/cancel"), id, client);

    public Task<Told> RescheduleAsync(string id, object change, int client = 0)
    {
        var body = ToJson(change);
        return AskAsync(Deed.Reschedule, new HttpRequestMessage(HttpMethod.Patch, $"{Timers}/{id}") { Content = JsonContent.Create(body) },
            id, client, body);
    }

    /// <summary>Creates timers in batches of a thousand, all of which must be acknowledged.</summary>
    public async Task CreateBatchAsync(int number, Func<int, object> timer)
    {
        for (var start = 0; start < number; start += 1_000)
        {
            var marks = Enumerable.Range(start, Math.Min(1_000, number - start)).Select(_ => NewMark()).ToList();
            var items = marks.Select((mark, i) => Marked(timer(start + i), mark)).ToList();
            var sentAt = TimeProvider.System.GetUtcNow();
            using var answer = await http[0].PostAsJsonAsync($"{Timers}/batch", items);
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Created).Or.EqualTo(HttpStatusCode.Accepted));
            var results = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("results").EnumerateArray();
            foreach (var (mark, item, result) in marks.Zip(items, results))
            {
                Note(Read(Asked(new Told(Deed.Create, Verdict.Ok, sentAt, TimeProvider.System.GetUtcNow()) { Mark = mark }, item), result));
            }
        }
    }

    /// <summary>Reads a timer, and remembers its state.</summary>
    public async Task<string> SeeAsync(string id)
    {
        var state = await http[0].StateAsync(id);
        seen.TryAdd(new Seen(id, state), 0);
        return state;
    }

    /// <summary>Reads every timer, and remembers the states: a timer that has finished may not finish otherwise later.</summary>
    public async Task SeeAllAsync()
    {
        foreach (var each in await ListAsync())
        {
            seen.TryAdd(each, 0);
        }
    }

    /// <summary>
    /// Reads the statistics, and lists every timer. Timers in progress may change in between, such as one that is retried every few
    /// seconds, so on a mismatch this is repeated, five times at most.
    /// </summary>
    public async Task RecountAsync()
    {
        Recount recount;
        var turn = 0;
        do
        {
            recount = await CountAsync();
        }
        while (!recount.Agrees && ++turn < 6);

        recounts.Enqueue(recount);
    }

    public Evidence Evidence(Receiver receiver, params Fault[] faults) =>
        new(Told, receiver.Journal)
        { Faults = faults, Seen = [.. seen.Keys], Recounts = [.. recounts], AsOf = TimeProvider.System.GetUtcNow() };

    /// <summary>Has the oracle compare this journal with the receiver's; no promise may be broken.</summary>
    /// <param name="receiver">Where the webhooks went.</param>
    /// <param name="faults">What was broken; may explain lateness and repetitions.</param>
    public Findings Check(Receiver receiver, params Fault[] faults) => Check(Evidence(receiver, faults));

    public static Findings Check(Evidence evidence)
    {
        var findings = Oracle.Judge(evidence);
        Assert.That(
            findings.Violations,
            Is.Empty,
            () => string.Join(", ", findings.Violations.CountBy(violation => violation.Wrong).Select(each => $"{each.Key}: {each.Value}")));
        return findings;
    }

    public static void CheckNothingEarly(Receiver receiver) =>
        Assert.That(receiver.Journal.Where(arrival => arrival.At < arrival.DueAt), Is.Empty, "delivered before it was due");

    /// <summary>
    /// Waits until every acknowledged timer that was not cancelled, and has not expired, has arrived, and in the long version also for what
    /// might arrive again.
    /// </summary>
    public async Task DeliveredAsync(Receiver receiver, TimeSpan maxWait)
    {
        var cancelled = told.Where(each => each.Deed == Deed.Cancel && each.Verdict != Verdict.Refused).Select(each => each.Id).ToHashSet();
        var owed = Acknowledged.Select(each => each.Id!).Where(id => !cancelled.Contains(id)).ToHashSet();
        await Eventually.That(
            () =>
            {
                owed.ExceptWith(receiver.Journal.Select(arrival => arrival.TimerId));
                var now = TimeProvider.System.GetUtcNow();

                // By the clients' own clock: the program's may be hours ahead.
                owed.ExceptWith(Acknowledged.Where(each => each.To + each.MaxAge <= now).Select(each => each.Id!));
                return owed.Count == 0;
            },
            maxWait,
            () => $"{Count} acknowledged timers are delivered; {owed.Count} are missing, such "
                + $"as\n{string.Join('\n', told.Where(each => each.Id == owed.First()))}");
        await Task.Delay(Rounds.Aftermath);
    }

    private List<Told> Creates(Verdict verdict) => [.. told.Where(each => each.Deed == Deed.Create && each.Verdict == verdict)];

    private async Task<Recount> CountAsync()
    {
        // A cluster refreshes its counts every ten seconds.
        var now = TimeProvider.System.GetUtcNow();
        JsonElement stats = default;
        await Eventually.That(
            async () =>
            {
                stats = await http[0].GetFromJsonAsync<JsonElement>($"{Timers}/stats");
                return stats.GetProperty("asOf").GetDateTimeOffset() >= now.AddMilliseconds(-1);
            },
            TimeSpan.FromSeconds(30),
            "the numbers are of this moment");
        return new Recount(
            stats.GetProperty("states").EnumerateObject().ToDictionary(state => state.Name, state => state.Value.GetInt64()),
            await ListAsync(), now);
    }

    private async Task<List<Seen>> ListAsync()
    {
        var listed = new List<Seen>();
        var cursor = string.Empty;
        do
        {
            var page = await http[0].GetFromJsonAsync<JsonElement>($"{Timers}?limit=1000{cursor}");
            listed.AddRange(page.GetProperty("items").EnumerateArray().Select(item => new Seen(
                item.GetProperty("id").GetString()!, item.GetProperty("state").GetString()!, MarkOf(item))));
            cursor = page.TryGetProperty("next", out var next) && next.GetString() is { } text ? $"&cursor={Uri.EscapeDataString(text)}"
                : string.Empty;
        }
        while (cursor.Length > 0);

        return listed;
    }

    private string NewMark() => $"{name}-{Interlocked.Increment(ref asked)}";

    /// <summary>The request, with a header for its webhook that identifies whatever arrives, even if the answer was lost.</summary>
    private static JsonObject Marked(object timer, string mark)
    {
        var request = ToJson(timer);
        var headers = request["headers"] as JsonObject ?? [];
        headers[Arrival.MarkHeader] = mark;
        request["headers"] = headers;
        return request;
    }

    private static JsonObject ToJson(object request) => JsonSerializer.SerializeToNode(request, JsonSerializerOptions.Web)!.AsObject();

    private static string? MarkOf(JsonElement timer) =>
        timer.TryGetProperty("headers", out var headers) && headers.TryGetProperty(Arrival.MarkHeader, out var mark) ? mark.GetString()
            : null;

    /// <summary>Adds the instant that the request asks for.</summary>
    private static Told Asked(Told each, JsonObject? body) => each with
    {
        MaxAge = body?["maxAge"] is { } age ? XmlConvert.ToTimeSpan(age.GetValue<string>()) : null,
        Delay = body?["delay"] is { } delay ? XmlConvert.ToTimeSpan(delay.GetValue<string>()) : null,
        Instant = body?["dueAt"]?.Deserialize<DateTimeOffset>(),
    };

    private async Task<Told> AskAsync(
        Deed deed, HttpRequestMessage request, string? id, int client, JsonObject? asked = null, string? mark = null, string? key = null)
    {
        var sentAt = TimeProvider.System.GetUtcNow();
        Told Say(Verdict verdict) =>
            Asked(new Told(deed, verdict, sentAt, TimeProvider.System.GetUtcNow()) { Id = id, Key = key, Mark = mark }, asked);
        try
        {
            using (request)
            {
                using var answer = await http[client % http.Length].SendAsync(request);
                var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
                var verdict = answer.StatusCode switch
                {
                    HttpStatusCode.OK or HttpStatusCode.Created => Verdict.Ok,
                    HttpStatusCode.Accepted => deed == Deed.Create ? Verdict.Ok : Verdict.Recorded,
                    HttpStatusCode.NotFound => Verdict.Missing,
                    HttpStatusCode.ServiceUnavailable when body.GetProperty("outcome").GetString() == "unknown" => Verdict.Unknown,
                    _ => Verdict.Refused,
                };

                // An attempt that was lost track of may arrive after any command, and the answer says so.
                var open = body.TryGetProperty("mayStillArrive", out var may) && may.GetBoolean();
                return Note(Read(Say(deed == Deed.Cancel && open ? Verdict.Recorded : verdict) with { Open = open }, body));
            }
        }
        catch (HttpRequestException refused) when (
            refused.HttpRequestError == HttpRequestError.ConnectionError && request.Content is not null)
        {
            // .NET's client never sends a request with a body twice, so it was not sent before on a connection that broke.
            return Note(Say(Verdict.Refused));
        }
        catch (Exception error) when (error is HttpRequestException or IOException or TaskCanceledException or JsonException)
        {
            return Note(Say(Verdict.Unknown));
        }
    }

    private Told Note(Told each)
    {
        told.Enqueue(each);
        if (each is { Deed: Deed.Create, Verdict: Verdict.Ok })
        {
            Interlocked.Increment(ref count);
        }

        return each;
    }

    private static Told Read(Told each, JsonElement answer) => each with
    {
        Id = each.Id ?? (answer.TryGetProperty("id", out var id) ? id.GetString() : null),
        DueAt = answer.TryGetProperty("dueAt", out var due) ? due.GetDateTimeOffset() : null,
        ExpiresAt = answer.TryGetProperty("expiresAt", out var end) ? end.GetDateTimeOffset() : null,
        Schedule = each.Deed != Deed.Cancel && answer.TryGetProperty("retry", out var retry) ? ReadSchedule(retry) : null,
    };

    private static Schedule ReadSchedule(JsonElement retry)
    {
        TimeSpan Duration(string name) =>
            retry.TryGetProperty(name, out var value) ? XmlConvert.ToTimeSpan(value.GetString()!) : TimeSpan.Zero;
        double Number(string name, double missing) => retry.TryGetProperty(name, out var value) ? value.GetDouble() : missing;
        var delays = retry.TryGetProperty("delays", out var list)
            ? list.EnumerateArray().Select(delay => XmlConvert.ToTimeSpan(delay.GetString()!)).ToList()
            : null;
        return new Schedule((int)Number("attempts", (delays?.Count ?? 0) + 1), Duration("firstDelay"), Number("factor", 1),
            Duration("maximum"), Number("jitter", 0), delays);
    }
}
