namespace Infrastructure.Messaging.Kafka;

/// <summary>Topics that existed and were deleted while the service runs. Those that stay away are to be created anew.</summary>
/// <remarks>
/// Whoever deletes a topic may be about to create it with other settings, so it is given time for that. One that was created anew,
/// by anybody, has another epoch (<see cref="KafkaIncarnation"/>).
/// </remarks>
internal sealed class KafkaAbsence(TimeProvider time)
{
    /// <summary>How long a topic must be away.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, long> since = new(StringComparer.Ordinal);
    private volatile IReadOnlyList<string> topics = [];

    /// <summary>Those that are away now, with their prefixes; from any thread.</summary>
    public IReadOnlyList<string> Topics => topics;

    /// <summary>To be called by one thread with what a round of questions found.</summary>
    /// <returns>Topics that were not away at the last call.</returns>
    public IReadOnlyList<string> Update(IReadOnlyCollection<string> away)
    {
        foreach (var back in since.Keys.Except(away, StringComparer.Ordinal).ToList())
        {
            since.Remove(back);
        }

        var gone = away.Where(topic => since.TryAdd(topic, time.GetTimestamp())).ToList();
        topics = [.. away];
        return gone;
    }

    /// <summary>Whether one has been away for long; once for each time of grace. Called by the same thread.</summary>
    public bool TakeOverdue()
    {
        var overdue = since.Where(topic => time.GetElapsedTime(topic.Value) >= Grace).Select(topic => topic.Key).ToList();
        overdue.ForEach(topic => since[topic] = time.GetTimestamp());
        return overdue.Count > 0;
    }
}
