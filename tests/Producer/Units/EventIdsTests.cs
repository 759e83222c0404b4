using Producer.Events;

namespace Tests.Producer.Units;

/// <summary>Ids of events in envelopes: source and id together, and no two pairs alike.</summary>
public sealed class EventIdsTests
{
    [Test]
    public void OfEnvelope_joins_source_and_id_so_that_no_other_pair_is_the_same()
    {
        (string Source, string Id)[] pairs = [("/a", "b c"), ("/a b", "c"), ("/a", "b"), ("/a b c", "d"), ("/a b", "c d")];

        Assert.That(pairs.Select(pair => EventIds.OfEnvelope(pair.Source, pair.Id)), Is.Unique);
        Assert.That(EventIds.OfEnvelope("/gateway", "1"), Is.EqualTo("/gateway 1"));
    }

    [Test]
    public void OfEnvelope_keeps_to_the_length_of_ids_and_tells_long_ones_apart()
    {
        var (source, id) = (new string('s', 1_024), new string('i', 1_024));

        Assert.That(EventIds.OfEnvelope(source, id), Has.Length.LessThanOrEqualTo(EventIds.MaxLength));
        Assert.That(EventIds.OfEnvelope(source, id), Is.Not.EqualTo(EventIds.OfEnvelope(source, id + "1")));
        var again = EventIds.OfEnvelope(new string('s', 1_024), new string('i', 1_024));
        Assert.That(EventIds.OfEnvelope(source, id), Is.EqualTo(again));
    }
}
