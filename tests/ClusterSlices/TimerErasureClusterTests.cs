using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tests.Faults;
using Tests.Support;

namespace Tests.ClusterSlices;

/// <summary>Ids that are taken, and ids that are free again, where creates travel through Kafka and come a second time.</summary>
[Category(FaultReport.Category)]
public sealed class TimerErasureClusterTests : SliceClusterFixture
{
    private SliceLog Log => new(Cluster.Kafka!.Uri, "timers", "timer");

    [Test]
    public async Task A_rewound_log_brings_no_erased_timer_back_and_changes_no_later_one_of_its_id()
    {
        var (gone, again) = ($"gone-{Guid.NewGuid():N}", $"again-{Guid.NewGuid():N}");
        foreach (var id in new[] { gone, again })
        {
            Assert.That(await PostAsync(new { id, url = Receiver.At("/first"), delay = "PT0S" }), Is.EqualTo(HttpStatusCode.Created));
            await Eventually.That(async () => await Http.StateAsync(id) == "succeeded", MaxWait, $"{id} has succeeded");

            // On the log beside the first, and no row of its own.
            Assert.That(
                await PostAsync(new { id, url = Receiver.At("/loser"), delay = "PT0S" }, producer: 1), Is.EqualTo(HttpStatusCode.Conflict));
            Assert.That(await DeleteAsync(id), Is.EqualTo(HttpStatusCode.NoContent));
            Assert.That(await DeleteAsync(id), Is.EqualTo(HttpStatusCode.NotFound));
        }

        Assert.That(
            await PostAsync(new { id = again, url = Receiver.At("/second"), delay = "PT0S" }, producer: 1),
            Is.EqualTo(HttpStatusCode.Created), "its id is free, at the other Producer too");
        await Eventually.That(async () => await Http.StateAsync(again) == "succeeded", MaxWait, "it has succeeded again");

        foreach (var consumer in Cluster.Consumers)
        {
            await consumer.TerminateAsync();
        }

        await Log.RewindAsync();
        foreach (var consumer in Cluster.Consumers)
        {
            await consumer.StartAsync();
        }

        await Log.AppliedAsync();
        using var answer = await Http.GetAsync($"{Timers}/{gone}");
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await Http.TimerAsync(again)).GetProperty("occurrence").GetInt32(), Is.EqualTo(2));
        await FiresAsync();
        var paths = Receiver.Journal.Where(arrival => arrival.Path is "/first" or "/second" or "/loser").ToList();
        Assert.That(paths.Select(arrival => arrival.Path), Is.EqualTo(new[] { "/first", "/first", "/second" }));
        Assert.That(paths.Select(arrival => arrival.WebhookId), Is.Unique);
    }

    [Test]
    public async Task A_replacement_is_answered_with_what_was_done()
    {
        var id = $"replaced-{Guid.NewGuid():N}";
        await PostAsync(new { id, url = Receiver.At("/first"), delay = "PT1H" });

        using var answer = await Cluster.Producers[1].Http.PostAsJsonAsync(
            Timers, new { id, url = Receiver.At("/second"), delay = "PT2H", onConflict = "replace" });
        var replaced = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), replaced.GetRawText());
        Assert.That(
            await PostAsync(new { id, url = Receiver.At("/second"), delay = "PT2H", onConflict = "reject" }),
            Is.EqualTo(HttpStatusCode.Conflict));

        await Log.AppliedAsync();
        var tracking = answer.Headers.GetValues("X-Tracking-Id").Single();
        var tracked = await Http.GetFromJsonAsync<JsonElement>($"/api/v1/events/{tracking}");
        Assert.That(tracked.GetProperty("state").GetString(), Is.EqualTo("applied"));
        var timer = await Http.TimerAsync(id);
        Assert.That(
            (timer.GetProperty("url").GetString(), timer.GetProperty("dueAt").GetString()),
            Is.EqualTo((Receiver.At("/second").AbsoluteUri, replaced.GetProperty("dueAt").GetString())));
    }

    private async Task<HttpStatusCode> DeleteAsync(string id)
    {
        using var answer = await Http.DeleteAsync($"{Timers}/{id}");
        return answer.StatusCode;
    }
}
