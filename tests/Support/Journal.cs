using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Tests.Support;

/// <summary>A create that the service acknowledged: from here on it owes a webhook.</summary>
public sealed record Acknowledged(string Id, DateTimeOffset DueAt);

/// <summary>Creates timers and remembers what was acknowledged; a request that died with the service was not.</summary>
public sealed class Journal(HttpClient http)
{
    private readonly ConcurrentQueue<Acknowledged> acknowledged = new();
    private readonly ConcurrentQueue<string> refused = new();
    private readonly ConcurrentQueue<string> unknown = new();

    public IReadOnlyList<Acknowledged> Acknowledged => [.. acknowledged];

    public int Count => acknowledged.Count;

    /// <summary>Told that they were refused: they must never appear.</summary>
    public IReadOnlyCollection<string> Refused => refused;

    /// <summary>Told that nobody knows.</summary>
    public IReadOnlyCollection<string> Unknown => unknown;

    /// <summary>Creates timers one by one over several connections; ends early when the service dies.</summary>
    public Task CreateAsync(int count, Func<int, object> timer, int connections = 16) =>
        Task.WhenAll(Enumerable.Range(0, connections).Select(async connection =>
        {
            for (var i = connection; i < count; i += connections)
            {
                try
                {
                    using var answer = await http.PostAsJsonAsync("/api/v1/timers", timer(i));
                    var told = await answer.Content.ReadFromJsonAsync<JsonElement>();
                    if (answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.Accepted)
                    {
                        Acknowledge(told);
                    }
                    else if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
                    {
                        (told.GetProperty("outcome").GetString() == "refused" ? refused : unknown).Enqueue(told.GetProperty("id").GetString()!);
                    }
                }
                catch (HttpRequestException)
                {
                    return;
                }
            }
        }));

    /// <summary>Creates timers in batches of a thousand.</summary>
    public async Task CreateBatchAsync(int count, Func<int, object> timer)
    {
        for (var start = 0; start < count; start += 1_000)
        {
            var items = Enumerable.Range(start, Math.Min(1_000, count - start)).Select(timer);
            using var answer = await http.PostAsJsonAsync("/api/v1/timers/batch", items);
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Created).Or.EqualTo(HttpStatusCode.Accepted));
            foreach (var result in (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("results").EnumerateArray())
            {
                Acknowledge(result);
            }
        }
    }

    /// <summary>What the receiver's journal says against this one: nothing lost, nothing early, repetitions recognisable.</summary>
    /// <returns>Arrivals beyond the first of each timer.</returns>
    public IReadOnlyList<Arrival> Check(Receiver receiver)
    {
        var arrivals = receiver.Journal;
        var byTimer = arrivals.ToLookup(arrival => arrival.TimerId);
        var lost = acknowledged.Where(timer => !byTimer.Contains(timer.Id)).ToList();
        var early = arrivals.Where(arrival => arrival.At < arrival.DueAt).ToList();
        var renamed = byTimer.Where(each => each.Select(arrival => arrival.WebhookId).Distinct().Count() > 1).ToList();
        Assert.Multiple(() =>
        {
            Assert.That(lost, Is.Empty, "acknowledged and never delivered");
            Assert.That(early, Is.Empty, "delivered before it was due");
            Assert.That(refused.Where(byTimer.Contains), Is.Empty, "refused and delivered all the same");
            Assert.That(renamed, Is.Empty, "redelivered under another webhook-id");
        });
        return [.. byTimer.SelectMany(each => each.Skip(1))];
    }

    public static void CheckNothingEarly(Receiver receiver) =>
        Assert.That(receiver.Journal.Where(arrival => arrival.At < arrival.DueAt), Is.Empty, "delivered before it was due");

    /// <summary>Waits until everything that was acknowledged has arrived.</summary>
    public Task DeliveredAsync(Receiver receiver, TimeSpan patience) => Eventually.That(
        () => receiver.Journal.Select(arrival => arrival.TimerId).ToHashSet().IsSupersetOf(acknowledged.Select(timer => timer.Id)),
        patience,
        () => $"{Count} acknowledged timers are delivered; {receiver.Count} arrived");

    private void Acknowledge(JsonElement timer) =>
        acknowledged.Enqueue(new Acknowledged(timer.GetProperty("id").GetString()!, timer.GetProperty("dueAt").GetDateTimeOffset()));
}
