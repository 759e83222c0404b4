using System.Text.Json;
using Confluent.Kafka;

namespace Infrastructure.Messaging.Kafka;

/// <summary>Tells clients again where their brokers are.</summary>
/// <remarks>
/// A broker that its controller does not count among the living, for example one that has just hung, answers for a moment that there are
/// no brokers. librdkafka then forgets all that it knows, those that it began with among them, and asks nobody any more (its issue 5301,
/// open in 2.16).
/// </remarks>
internal static class KafkaBrokers
{
    /// <summary>Time between two statistics of a client, and so the most that passes before it is told.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>To be called with a client's statistics: tells it if no broker is connected. Known brokers are not added twice.</summary>
    /// <param name="client">The client.</param>
    /// <param name="statistics">JSON as described in librdkafka's STATISTICS.md.</param>
    /// <param name="servers">Those to begin with, <c>host:port</c>, separated by commas.</param>
    public static void Restore(IClient client, string statistics, string servers)
    {
        if (!HasConnection(statistics))
        {
            client.AddBrokers(servers);
        }
    }

    /// <summary>Whether there is a connection for any request, unlike that to the group's coordinator.</summary>
    internal static bool HasConnection(string statistics)
    {
        using var document = JsonDocument.Parse(statistics);
        return document.RootElement.GetProperty("brokers").EnumerateObject().Any(
            broker => broker.Value.GetProperty("state").ValueEquals("UP")
                && (broker.Value.GetProperty("source").ValueEquals("learned")
                    || broker.Value.GetProperty("source").ValueEquals("configured")));
    }
}
