using Confluent.Kafka;

namespace Infrastructure.Messaging.Kafka;

/// <summary>The incarnation of a topic whose group a Consumer is in. For one thread.</summary>
/// <param name="topic">With its prefix.</param>
/// <param name="probe">Knows the present one, a while after it came.</param>
/// <param name="asker">Finds out now.</param>
internal sealed class KafkaIncarnation(string topic, KafkaProbe probe, KafkaAsker asker)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    // The probe's round from which on its answer counts.
    private long from = 1;

    /// <summary>The topic's id; empty before it was found.</summary>
    public Guid Epoch { get; private set; }

    /// <summary>Waits until it is known; false when the service stops first.</summary>
    public bool TryFind(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            if (probe.Rounds >= from && probe.EpochOf(topic) is var present && present != Guid.Empty)
            {
                Epoch = present;
                return true;
            }

            if (from > 1)
            {
                probe.Doubt();
            }

            stopping.WaitHandle.WaitOne(Poll);
        }

        return false;
    }

    /// <summary>Asks a broker, so that no message is ever given a position of another incarnation; blocks.</summary>
    /// <exception cref="TopicRecreatedException">The topic is another one by now.</exception>
    /// <exception cref="KafkaException">No answer, or no such topic.</exception>
    public void Confirm(TimeSpan timeout)
    {
        if (asker.EpochOf(topic, timeout) != Epoch)
        {
            throw Past();
        }
    }

    /// <summary>Asks a broker if of some messages nothing shows yet that they are of this incarnation; blocks then.</summary>
    /// <exception cref="TopicRecreatedException">The topic is another one by now.</exception>
    /// <exception cref="KafkaException">No answer, or no such topic.</exception>
    public void Confirm(IEnumerable<KafkaRecord> batch, TimeSpan timeout)
    {
        var unsure = batch.Where(entry => !entry.Share.IsConfirmed).Select(entry => entry.Share).Distinct().ToList();
        if (unsure.Count > 0)
        {
            Confirm(timeout);
            unsure.ForEach(share => share.IsConfirmed = true);
        }
    }

    /// <summary>Asks nobody.</summary>
    /// <exception cref="TopicRecreatedException">The probe knows the topic as another one.</exception>
    public void ThrowIfPast()
    {
        if (probe.EpochOf(topic) is var present && present != Guid.Empty && present != Epoch)
        {
            throw Past();
        }
    }

    /// <summary>It was found to be past: the next one is what the probe finds from now on.</summary>
    public TopicRecreatedException Past()
    {
        // The round that is under way may have asked before.
        from = probe.Rounds + 2;
        return new TopicRecreatedException(topic);
    }
}
