using System.Net;
using System.Net.Http.Json;
using Tests.EndToEnd.Schedules;
using Tests.Faults;

namespace Tests.ClusterSlices;

/// <summary>Schedules on Kafka and MongoDB: what is put is there at once, and kills lose no run and make none twice.</summary>
[Category(FaultReport.Category)]
public sealed class ScheduleClusterTests : SliceClusterFixture
{
    [Test]
    public async Task Kills_of_Runners_and_of_the_store_lose_no_run_and_make_none_twice()
    {
        var journal = new ScheduleJournal(Cluster.Producers[0].Http, Receiver, 2 * MaxWait);
        var random = new Random(1);
        await journal.PutAsync(8);
        await journal.BackfillAsync();
        foreach (var (target, which) in new[] { ("Runner", 0), ("Runner", 1), ("MongoDB", 0), ("Producer", 0) })
        {
            await journal.FlowAsync(runs: 2);
            await journal.ChangeAsync(random, which + 1);
            await KillAsync(target, which);
        }

        await journal.FlowAsync(runs: 2);
        await journal.CheckAsync();
    }

    [Test]
    public async Task Kills_after_the_change_of_a_calendar_lose_no_run_and_make_none_twice()
    {
        var journal = new CalendarJournal(Cluster.Producers[0].Http, Receiver, 2 * MaxWait);
        await journal.PutAsync(8);
        foreach (var (target, which) in new[] { ("Runner", 0), ("Runner", 1), ("MongoDB", 0), ("Producer", 0) })
        {
            await journal.FlowAsync(runs: 2);
            await journal.ChangeAsync();
            await KillAsync(target, which);
            if (which == 0)
            {
                await journal.ClosedAsync();
            }

            await journal.ChangeAsync();
        }

        await journal.FlowAsync(runs: 2);
        await journal.CheckAsync();
    }

    [Test]
    public async Task What_one_Producer_has_stored_another_reads_and_with_the_store_down_it_is_refused()
    {
        var path = $"{ScheduleJournal.Root}/s-{Guid.NewGuid():N}";
        var body = new { every = "P1D", url = Receiver.Url };
        var created = await Cluster.Producers[0].Http.PutAsJsonAsync(path, body);
        Assert.That(created.StatusCode, Is.EqualTo(HttpStatusCode.Created), await created.Content.ReadAsStringAsync());
        Assert.That((await Cluster.Producers[1].Http.GetAsync(path)).StatusCode, Is.EqualTo(HttpStatusCode.OK));

        await WithoutStoreAsync(async () =>
        {
            var refused = await Cluster.Producers[1].Http.PutAsJsonAsync(path, body with { every = "P2D" });
            Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
            Assert.That(refused.Headers.RetryAfter, Is.Not.Null);
            var calendar = await Cluster.Producers[1].Http.PutAsJsonAsync("/api/v1/calendars/c", new { exclude = new[] { "SAT" } });
            Assert.That(calendar.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        });

        var changed = await Cluster.Producers[1].Http.PutAsJsonAsync(path, body with { every = "P2D" });
        Assert.That(changed.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await Cluster.Producers[0].Http.DeleteAsync(path)).StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
    }
}
