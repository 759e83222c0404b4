using System.Net;
using Tests.Faults;
using Tests.Support;

namespace Tests.ClusterSlices;

/// <summary>The live stream of timers on Kafka, MongoDB and Redis: what any process did is told by every Producer.</summary>
[Category(FaultReport.Category)]
public sealed class TimerStreamClusterTests : SliceClusterFixture
{
    private const string Stream = $"{Timers}/stream";

    [Test]
    public async Task A_stream_on_one_producer_tells_what_others_created_changed_and_fired()
    {
        var (id, tag) = ($"live-{Guid.NewGuid():N}", $"tag-{Guid.NewGuid():N}");
        await using var one = await ServerEvents.OpenAsync(Cluster.Producers[0].Http, $"{Stream}?timer={id}");
        await using var tagged = await ServerEvents.OpenAsync(Cluster.Producers[1].Http, $"{Stream}?tag={tag}");
        await one.NextAsync();
        await tagged.NextAsync();

        Assert.That(
            await PostAsync(new { id, url = Receiver.At("/hook"), delay = "PT1H", tags = new[] { tag } }, producer: 1),
            Is.EqualTo(HttpStatusCode.Created));
        await TellAsync("scheduled");
        await CommandAsync("pause", producer: 0);
        await TellAsync("paused");
        await CommandAsync("fire", producer: 1);
        await TellAsync("succeeded");

        using var erased = await Cluster.Producers[0].Http.DeleteAsync($"{Timers}/{id}");
        Assert.That(erased.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        await one.NextAsync(next => next.Name == "gone");
        await tagged.NextAsync(next => next.Name == "gone");

        async Task TellAsync(string state)
        {
            await one.NextAsync(IsAt(id, state));
            await tagged.NextAsync(IsAt(id, state));
        }

        async Task CommandAsync(string command, int producer)
        {
            using var answer = await Cluster.Producers[producer].Http.PostAsync($"{Timers}/{id}/{command}", null);
            Assert.That(answer.IsSuccessStatusCode, Is.True, command);
        }
    }

    [Test]
    public async Task A_client_whose_producer_is_killed_goes_on_at_another_and_after_the_restart()
    {
        var id = $"kept-{Guid.NewGuid():N}";
        await PostAsync(new { id, url = Receiver.At("/hook"), delay = "PT1H" }, producer: 1);
        string? position;
        await using (var first = await ServerEvents.OpenAsync(Cluster.Producers[0].Http, $"{Stream}?timer={id}"))
        {
            position = (await first.NextAsync()).Id;
            await Cluster.Producers[0].KillAsync();
            await first.Ended;
        }

        using var paused = await Cluster.Producers[1].Http.PostAsync($"{Timers}/{id}/pause", null);
        Assert.That(paused.IsSuccessStatusCode, Is.True);
        await using (var elsewhere = await ServerEvents.OpenAsync(Cluster.Producers[1].Http, $"{Stream}?timer={id}", position))
        {
            position = (await elsewhere.NextAsync(IsAt(id, "paused"))).Id ?? position;
        }

        await Cluster.Producers[0].StartAsync();
        using var cancelled = await Cluster.Producers[1].Http.PostAsync($"{Timers}/{id}/cancel", null);
        Assert.That(cancelled.IsSuccessStatusCode, Is.True);
        await using var again = await ServerEvents.OpenAsync(Cluster.Producers[0].Http, $"{Stream}?timer={id}", position);
        await again.NextAsync(IsAt(id, "cancelled"));
    }

    [Test]
    public async Task A_timer_that_a_killed_runner_was_sending_is_told_to_be_ambiguous()
    {
        var id = $"parked-{Guid.NewGuid():N}";
        Receiver.Answer(context => Task.Delay(TimeSpan.FromMinutes(1), context.RequestAborted));
        await using var all = await ServerEvents.OpenAsync(Cluster.Producers[0].Http, Stream);
        await all.NextAsync(next => !next.Json.GetProperty("more").GetBoolean());
        await PostAsync(new { id, url = Receiver.At("/parked"), delay = "PT0S", timeout = "PT60S", onAmbiguous = "park" });
        await Eventually.That(() => Receiver.Journal.Any(arrival => arrival.Path == "/parked"), MaxWait, "it is being sent");

        foreach (var runner in Cluster.Runners)
        {
            await runner.KillAsync();
        }

        foreach (var runner in Cluster.Runners)
        {
            await runner.StartAsync();
        }

        await Eventually.That(async () => await Http.StateAsync(id) == "ambiguous", MaxWait, "it waits for a person");
        await all.NextAsync(next => next.Data.Contains($"\"id\":\"{id}\",\"state\":\"ambiguous\"", StringComparison.Ordinal));
    }

    private static Func<ServerEvent, bool> IsAt(string id, string state) => next =>
        next.Data.Contains($"\"id\":\"{id}\",\"state\":\"{state}\"", StringComparison.Ordinal);
}
