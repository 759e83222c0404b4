using System.Text.Json;
using Tests.EndToEnd.Revenue;
using Tests.EndToEnd;
using Tests.Faults;

namespace Tests.ClusterSlices;

/// <summary>
/// What Kafka may do to events of any slice: give all of them again, be made anew. No count changes; the oracles recount from the raw
/// events. All slices at once, as the programs are the same, and to stop and start them takes longer than the rest.
/// </summary>
[Category(FaultReport.Category)]
public sealed class SliceRedeliveryTests : SliceClusterFixture
{
    /// <remarks>First, while the topics are those that the cluster began with.</remarks>
    [Test]
    [Order(1)]
    public async Task Redelivery_from_offset_zero_changes_no_count_and_announces_the_same_again()
    {
        var slices = await AllAsync();
        await TestedSlice.SendAsync(slices, seed: 1, senders: 3, events: 600);
        await AppliedAsync(slices);
        await TestedSlice.CheckAsync(slices, MaxWait);
        await LastBalancesAsync(slices);
        var before = slices.ToDictionary(slice => slice, Told);
        foreach (var consumer in Cluster.Consumers)
        {
            await consumer.TerminateAsync();
        }

        await Task.WhenAll(slices.Select(slice => LogOf(slice).RewindAsync()));
        await Task.WhenAll(Cluster.Consumers.Select(consumer => consumer.StartAsync()));
        await AppliedAsync(slices);

        await TestedSlice.CheckAsync(slices, MaxWait);
        await LastBalancesAsync(slices);
        foreach (var slice in slices)
        {
            var (first, after) = (before[slice], Told(slice));
            Assert.That(first, Is.Not.Empty, slice.Name);
            Assert.That(after.Keys, Is.EquivalentTo(first.Keys), $"{slice.Name}: a repetition has the position of its first time");
            Assert.That(first.Keys, Is.All.Matches<string>(
                position => after[position].Count > first[position].Count && after[position].Distinct().Count() == 1),
                $"{slice.Name}: each is told again, and alike");
        }

        Assert.That(
            before[slices[0]].Values.Sum(each => JsonDocument.Parse(each[0]).RootElement.GetProperty("readings").GetInt64()),
            Is.GreaterThanOrEqualTo(2 * slices[0].Journal.Acknowledged), "whatever came was told, also what came twice");
    }

    [Test]
    public async Task Recreated_topics_and_clients_that_send_everything_again_change_no_count()
    {
        var slices = await AllAsync();
        await TestedSlice.SendAsync(slices, seed: 2, senders: 3, events: 400);
        await AppliedAsync(slices);

        await RecreateAsync(slices);
        await Task.WhenAll(slices.Select(slice => slice.Journal.RepeatAsync()));
        await TestedSlice.SendAsync(slices, seed: 9, senders: 3, events: 200);
        await AppliedAsync(slices);

        await TestedSlice.CheckAsync(slices, MaxWait);
        await RecreateAsync(slices);
        await Task.WhenAll(slices.Select(slice => slice.Journal.RepeatAsync()));
        await AppliedAsync(slices);
        await TestedSlice.CheckAsync(slices, MaxWait);
    }

    private Task<IReadOnlyList<TestedSlice>> AllAsync() =>
        TestedSlice.AllAsync([.. Cluster.Producers.Select(producer => producer.Http)]);

    private SliceLog LogOf(TestedSlice slice) => new(Cluster.Kafka!.Uri, slice.Name, slice.About);

    private Task AppliedAsync(IReadOnlyList<TestedSlice> slices) => Task.WhenAll(slices.Select(slice => LogOf(slice).AppliedAsync()));

    private Task RecreateAsync(IReadOnlyList<TestedSlice> slices) => Task.WhenAll(slices.Select(slice => LogOf(slice).RecreateAsync()));

    /// <summary>By position, what was announced of this test's: what others said on topics that are gone is not told again.</summary>
    private Dictionary<string, List<string>> Told(TestedSlice slice) => LogOf(slice).ReadAnnouncements()
        .Where(each => each.Type == slice.Announced && slice.Journal.IsOwn(each.About))
        .GroupBy(each => each.Message.GetProperty("position").GetString()!)
        .ToDictionary(group => group.Key, group => group.Select(each => slice.Tell(each.Message)).ToList());

    /// <summary>What was said last of each user's balances is what can be read.</summary>
    private async Task LastBalancesAsync(IReadOnlyList<TestedSlice> slices)
    {
        var (slice, journal) = slices.Select(each => (each, each.Journal as RevenueJournal)).Single(each => each.Item2 is not null);
        var last = LogOf(slice).ReadAnnouncements().Where(each => journal!.IsOwn(each.About))
            .GroupBy(each => each.About).Select(user => user.Last()).ToList();
        Assert.That(last, Is.Not.Empty);
        foreach (var told in last)
        {
            Assert.That(
                string.Join(", ", told.Message.GetProperty("balances").EnumerateArray().Select(
                    each => RevenueJournal.Tell(each, "total"))),
                Is.EqualTo(await journal!.BalancesAsync(told.About)));
        }
    }
}
