using Tests.EndToEnd.Revenue;
using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd.Cluster;

/// <summary>
/// What Kafka may do to events of revenue: give all of them again, be made anew. No balance changes; the oracle recounts from the ledger.
/// </summary>
[Category(FaultReport.Category)]
public sealed class RevenueRedeliveryTests : ClusterFixture
{
    private SliceLog Log => new(Cluster.Kafka!.Uri, "revenue", "user");

    /// <remarks>First, while the topic is the one that the cluster began with.</remarks>
    [Test]
    [Order(1)]
    public async Task Redelivery_from_offset_zero_changes_no_balance_and_announces_the_same_again()
    {
        var journal = NewEvents();
        await SendAsync(journal, seed: 1, events: 600);
        await Log.AppliedAsync();
        await LastToldAsync(journal);
        var before = Told();
        foreach (var consumer in Cluster.Consumers)
        {
            await consumer.TerminateAsync();
        }

        await Log.RewindAsync();
        await Task.WhenAll(Cluster.Consumers.Select(consumer => consumer.StartAsync()));
        await Log.AppliedAsync();

        await journal.CheckAsync(MaxWait);
        await LastToldAsync(journal);
        var after = Told();
        Assert.That(before, Is.Not.Empty);
        Assert.That(after.Keys, Is.SupersetOf(before.Keys), "a repetition has the position of its first time");
        Assert.That(before.Keys, Is.All.Matches<string>(
            position => after[position].Count > before[position].Count && after[position].Distinct().Count() == 1),
            "each is told again, of the same user");

        // Of this test's users: what others said on topics that are gone is not told again.
        Dictionary<string, List<string>> Told() => Log.ReadAnnouncements()
            .Where(each => each.Type == "balance.changed" && each.About.StartsWith(journal.Prefix, StringComparison.Ordinal))
            .GroupBy(each => each.Message.GetProperty("position").GetString()!)
            .ToDictionary(group => group.Key, group => group.Select(
                each => $"{each.About} {each.Message.GetProperty("what")} {each.Message.GetProperty("receivedAt")}").ToList());
    }

    [Test]
    public async Task A_recreated_topic_and_clients_that_send_everything_again_change_no_balance()
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

    /// <summary>What was said last of each user is what can be read.</summary>
    private async Task LastToldAsync(RevenueJournal journal)
    {
        var last = Log.ReadAnnouncements().Where(each => each.About.StartsWith(journal.Prefix, StringComparison.Ordinal))
            .GroupBy(each => each.About).Select(user => user.Last()).ToList();
        Assert.That(last, Is.Not.Empty);
        foreach (var told in last)
        {
            Assert.That(
                string.Join(", ", told.Message.GetProperty("balances").EnumerateArray().Select(
                    each => RevenueJournal.Tell(each, "total"))),
                Is.EqualTo(await journal.BalancesAsync(told.About)));
        }
    }

    private RevenueJournal NewEvents() => new([.. Cluster.Producers.Select(producer => producer.Http)]);

    private static async Task SendAsync(RevenueJournal journal, int seed, int events)
    {
        using var stop = new CancellationTokenSource();
        var enough = journal.Acknowledged + events;
        var sender = journal.SendAsync(seed, users: 3, stop.Token);
        await Eventually.That(() => journal.Acknowledged > enough, MaxWait, "events flow");
        await stop.CancelAsync();
        await sender;
    }
}
