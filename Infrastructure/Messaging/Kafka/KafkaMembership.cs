using System.Text.Json;

namespace Infrastructure.Messaging.Kafka;

/// <summary>How long a client has not been a settled member of its group, by its own statistics.</summary>
/// <remarks>librdkafka's STATISTICS.md, "cgrp". For one thread.</remarks>
/// <param name="time">Measures how long.</param>
/// <param name="limit">Longer than any rebalance may take.</param>
internal sealed class KafkaMembership(TimeProvider time, TimeSpan limit)
{
    /// <summary>Time between two statistics.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private long settled = time.GetTimestamp();

    /// <summary>Whether it has not been settled for longer than the limit.</summary>
    public bool IsLost => time.GetElapsedTime(settled) > limit;

    /// <summary>Starts anew: the group cannot be reached, so that nobody could be settled.</summary>
    public void Reset() => settled = time.GetTimestamp();

    /// <summary>Takes what the client tells.</summary>
    /// <param name="statistics">JSON as librdkafka writes it.</param>
    public void Read(string statistics)
    {
        using var document = JsonDocument.Parse(statistics);
        if (document.RootElement.TryGetProperty("cgrp", out var group)
            && group.GetProperty("state").ValueEquals("up") && group.GetProperty("join_state").ValueEquals("steady"))
        {
            Reset();
        }
    }
}
