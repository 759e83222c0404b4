using Tests.EndToEnd.Sites;
using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd.Cluster;

/// <summary>
/// What Kafka may do to events of sites: give all of them again, be made anew. No count changes; the oracle recounts from the raw events.
/// </summary>
[Category(FaultReport.Category)]
public sealed class SiteRedeliveryTests : ClusterFixture
{
    private SliceLog Log => new(Cluster.Kafka!.Uri, "sites", "site");

    /// <remarks>First, while the topic is the one that the cluster began with.</remarks>
    [Test]
    [Order(1)]
    public async Task Redelivery_from_offset_zero_changes_no_count_and_announces_the_same_again()
    {
        var journal = NewEvents();
        await SendAsync(journal, seed: 1, events: 600);
        await Log.AppliedAsync();
        var before = Told();
        foreach (var consumer in Cluster.Consumers)
        {
            await consumer.TerminateAsync();
        }

        await Log.RewindAsync();
        await Task.WhenAll(Cluster.Consumers.Select(consumer => consumer.StartAsync()));
        await Log.AppliedAsync();

        await journal.CheckAsync(MaxWait);
        var after = Told();
        Assert.That(before, Is.Not.Empty);
        Assert.That(after.Keys, Is.SupersetOf(before.Keys), "a repetition has the position of its first time");
        Assert.That(before.Keys, Is.All.Matches<string>(
            position => after[position].Count > before[position].Count && after[position].Distinct().Count() == 1),
            "each is told again, and alike");

        // Of this test's sites: what others said on topics that are gone is not told again.
        Dictionary<string, List<string>> Told() => Log.ReadAnnouncements()
            .Where(each => each.Type == "site.events.recorded" && each.About.StartsWith(journal.Prefix, StringComparison.Ordinal))
            .GroupBy(each => each.Message.GetProperty("position").GetString()!)
            .ToDictionary(group => group.Key, group => group.Select(each => each.Message.GetRawText()).ToList());
    }

    [Test]
    public async Task A_recreated_topic_and_clients_that_send_everything_again_change_no_count()
    {
        var journal = NewEvents();
        await SendAsync(journal, seed: 2, events: 400);
        await Log.AppliedAsync();

        await Log.RecreateAsync();
        await journal.RepeatAsync();
        await SendAsync(journal, seed: 9, events: 200);

        await journal.CheckAsync(MaxWait);
        await Log.RecreateAsync();
        await journal.RepeatAsync();
        await Log.AppliedAsync();
        await journal.CheckAsync(MaxWait);
    }

    private SiteJournal NewEvents() => new([.. Cluster.Producers.Select(producer => producer.Http)]);

    private static async Task SendAsync(SiteJournal journal, int seed, int events)
    {
        using var stop = new CancellationTokenSource();
        var enough = journal.Acknowledged + events;
        var sender = journal.SendAsync(seed, sites: 3, stop.Token);
        await Eventually.That(() => journal.Acknowledged > enough, MaxWait, "events flow");
        await stop.CancelAsync();
        await sender;
    }
}
