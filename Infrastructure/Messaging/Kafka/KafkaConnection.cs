using System.Text;
using System.Text.RegularExpressions;
using Infrastructure.Hosting;

namespace Infrastructure.Messaging.Kafka;

/// <summary>Where Kafka is and how to get in: <c>host:9092,host2:9092;security.protocol=sasl_ssl;sasl.username=…</c>.</summary>
/// <remarks>Names and values are librdkafka's own. A value with a semicolon stands in double quotes, a double quote in it twice.</remarks>
/// <param name="Servers">The bootstrap servers.</param>
/// <param name="Properties">Client properties; their values may be secret and are never shown.</param>
internal sealed partial record KafkaConnection(string Servers, IReadOnlyDictionary<string, string> Properties)
{
    /// <summary>A connection string must not change properties that guarantees depend on.</summary>
    private static readonly HashSet<string> Ours = new(StringComparer.Ordinal)
    {
        "acks", "request.required.acks", "enable.idempotence", "transactional.id", "max.in.flight", "max.in.flight.requests.per.connection",
        "message.timeout.ms", "delivery.timeout.ms", "retries", "message.send.max.retries", "message.max.bytes", "enable.gapless.guarantee",
        "queuing.strategy", "group.id", "group.instance.id", "group.protocol", "group.remote.assignor", "partition.assignment.strategy",
        "enable.auto.commit", "auto.commit.enable", "auto.commit.interval.ms", "enable.auto.offset.store", "auto.offset.reset",
        "offset.store.method", "session.timeout.ms",
        "heartbeat.interval.ms", "max.poll.interval.ms", "isolation.level", "allow.auto.create.topics", "bootstrap.servers",
        "metadata.broker.list", "plugin.library.paths", "enable.partition.eof", "queue.buffering.max.messages",
        "queue.buffering.max.kbytes", "statistics.interval.ms",
    };

    /// <summary>Reads a connection string.</summary>
    /// <exception cref="StartupException">It has errors, all of which are named; or librdkafka cannot be loaded.</exception>
    public static KafkaConnection Parse(string? text)
    {
        var faults = new List<string>();
        var parts = Split(text ?? string.Empty, faults);
        var servers = parts.Count > 0 ? parts[0].Trim() : string.Empty;
        foreach (var server in servers.Split(',').Select(server => server.Trim()).Where(server => !IsAddress(server)))
        {
            // Not repeated in full: someone may have put the properties, and a password, first.
            faults.Add(server.Length == 0 ? "a server is missing; it begins with host:port"
                : "it must begin with host:port, or several of them, separated by commas");
        }

        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in parts.Skip(1).Where(part => !string.IsNullOrWhiteSpace(part)))
        {
            Read(part, properties, faults);
        }

        return faults.Count == 0
            ? new KafkaConnection(servers, properties)
            : throw new StartupException(
                $"ConnectionStrings:Kafka cannot be used: {string.Join("; ", faults.Distinct(StringComparer.Ordinal))}.");
    }

    /// <summary>Without the properties: records print what they hold, and here that may be a password.</summary>
    public override string ToString() => Servers;

    private static void Read(string part, Dictionary<string, string> properties, List<string> faults)
    {
        var at = part.IndexOf('=', StringComparison.Ordinal);
        var name = (at < 0 ? part : part[..at]).Trim();
        if (at < 0 || !PropertyName().IsMatch(name))
        {
            faults.Add("after the servers only name=value can stand");
        }
        else if (Ours.Contains(name))
        {
            faults.Add($"{name} is not to be set here: delivery guarantees rest on it");
        }
        else if (!properties.TryAdd(name, part[(at + 1)..].Trim()))
        {
            faults.Add($"{name} is there twice");
        }
        else
        {
            switch (NativeKafka.Check(name, properties[name]))
            {
                case NativeKafka.Verdict.UnknownName:
                    faults.Add($"{name} is not a property of librdkafka");
                    break;
                case NativeKafka.Verdict.InvalidValue:
                    faults.Add($"{name} has a value that librdkafka does not accept");
                    break;
            }
        }
    }

    private static List<string> Split(string text, List<string> faults)
    {
        var parts = new List<string>();
        var part = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"' && quoted && i + 1 < text.Length && text[i + 1] == '"')
            {
                part.Append('"');
                i++;
            }
            else if (text[i] == '"' && (quoted || part.ToString().TrimEnd().EndsWith('=')))
            {
                quoted = !quoted;
            }
            else if (text[i] == ';' && !quoted)
            {
                parts.Add(part.ToString());
                part.Clear();
            }
            else
            {
                part.Append(text[i]);
            }
        }

        if (quoted)
        {
            faults.Add("a double quote is not closed");
        }

        parts.Add(part.ToString());
        return parts;
    }

    private static bool IsAddress(string server)
    {
        var at = server.LastIndexOf(':');
        return at > 0 && Host().IsMatch(server[..at])
            && ushort.TryParse(server[(at + 1)..], System.Globalization.NumberStyles.None, null, out var port) && port > 0;
    }

    [GeneratedRegex(@"^[a-z][a-z0-9._]*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PropertyName();

    [GeneratedRegex(@"^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Host();
}
