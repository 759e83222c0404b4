using System.Globalization;
using Confluent.Kafka;
using Infrastructure.Hosting;
using Microsoft.Extensions.Options;

namespace Infrastructure.Messaging.Kafka;

/// <summary>Creates librdkafka's clients: the connection's properties, then those that our guarantees depend on.</summary>
internal sealed class KafkaClients(KafkaConnection connection, IOptions<KafkaOptions> options, KafkaClientLog log)
{
    private const string Servers = "bootstrap.servers";

    /// <summary>Members hear of a rebalance by their heartbeats; partitions that move pause until all members have heard of it.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromMilliseconds(250);

    private readonly KafkaOptions settings = options.Value;

    /// <summary>An idempotent producer: acknowledged by all in-sync replicas, retried without duplicates, in order.</summary>
    public IProducer<byte[]?, byte[]?> CreateProducer(Action<Error> failed)
    {
        var producer = Common(connection);
        producer["enable.idempotence"] = "true";
        producer["acks"] = "all";
        producer["message.timeout.ms"] = Milliseconds(settings.DeliveryTimeout);
        producer["linger.ms"] = Milliseconds(settings.Linger);
        producer["message.max.bytes"] = Text(KafkaOptions.MaxMessageBytes);
        producer["queue.buffering.max.messages"] = Text(2 * KafkaProducer.MaxWaiting);
        producer["queue.buffering.max.kbytes"] = Text(2 * (KafkaProducer.MaxWaitingBytes >> 10));
        producer["dotnet.producer.delivery.report.fields"] = "status";
        producer.TryAdd("compression.type", "lz4");

        return Make(() => new ProducerBuilder<byte[]?, byte[]?>(producer)
            .SetKeySerializer(Serializers.ByteArray)
            .SetValueSerializer(Serializers.ByteArray)
            .SetLogHandler((_, line) => log.Write(line))
            .SetStatisticsHandler(Restore)
            .SetErrorHandler((_, error) =>
            {
                log.Write(error);
                failed(error);
            })
            .Build());
    }

    /// <summary>
    /// A consumer whose offsets are stored by hand, in a cooperative group: handlers are told what comes and what goes (docs/adr/0010).
    /// </summary>
    public IConsumer<byte[]?, byte[]?> CreateConsumer(
        string group, IReadOnlyDictionary<string, string> more, Action<ConsumerBuilder<byte[]?, byte[]?>> configure)
    {
        var consumer = Common(connection);
        consumer["group.id"] = settings.Prefixed(group);
        consumer["group.protocol"] = "classic";
        consumer["partition.assignment.strategy"] = "cooperative-sticky";
        consumer["heartbeat.interval.ms"] = Milliseconds(Heartbeat);
        consumer["enable.auto.commit"] = "false";
        consumer["enable.auto.offset.store"] = "false";
        consumer["allow.auto.create.topics"] = "false";
        foreach (var (name, value) in more)
        {
            consumer[name] = value;
        }

        return Make(() =>
        {
            var builder = new ConsumerBuilder<byte[]?, byte[]?>(consumer)
                .SetKeyDeserializer(Deserializers.ByteArray)
                .SetValueDeserializer(Deserializers.ByteArray)
                .SetLogHandler((_, line) => log.Write(line))
                .SetStatisticsHandler(Restore)
                .SetErrorHandler((_, error) => log.Write(error));
            configure(builder);
            return builder.Build();
        });
    }

    /// <summary>A client with connections of its own, for metadata. Its statistics are handled by nobody: for a single question.</summary>
    public IAdminClient CreateAdmin() => Make(() => new AdminClientBuilder(Common(connection)).SetLogHandler((_, _) => { }).Build());

    /// <summary>Tells a client that nobody polls again where its brokers are, when its requests fail: it has no statistics.</summary>
    public void Restore(IClient client) => client.AddBrokers(connection.Servers);

    private void Restore(IClient client, string statistics) => KafkaBrokers.Restore(client, statistics, connection.Servers);

    /// <summary>
    /// Makes clients that connect nowhere, for what only a whole client checks: certificate files, and values that must fit each other.
    /// </summary>
    /// <exception cref="StartupException">librdkafka refuses the connection's properties.</exception>
    public static void Check(KafkaConnection connection)
    {
        if (connection.Properties.Count == 0)
        {
            return;
        }

        var producer = Common(connection);
        producer.Remove(Servers);
        var consumer = new Dictionary<string, string>(producer, StringComparer.Ordinal) { ["group.id"] = "check" };
        producer["enable.idempotence"] = "true";
        Make(() => new ProducerBuilder<Null, Null>(producer).SetLogHandler((_, _) => { }).Build()).Dispose();
        Make(() => new ConsumerBuilder<Ignore, Ignore>(consumer).SetLogHandler((_, _) => { }).Build()).Dispose();
    }

    public static string Milliseconds(TimeSpan time) => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static Dictionary<string, string> Common(KafkaConnection connection)
    {
        // A broker that comes back is found within a second; one that does not respond is given up soon.
        var common = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["reconnect.backoff.ms"] = "50",
            ["reconnect.backoff.max.ms"] = "1000",
            ["socket.connection.setup.timeout.ms"] = "5000",
            ["socket.timeout.ms"] = "10000",
            ["socket.keepalive.enable"] = "true",
            ["socket.nagle.disable"] = "true",
            ["statistics.interval.ms"] = Milliseconds(KafkaBrokers.Interval),
        };
        foreach (var (name, value) in connection.Properties)
        {
            common[name] = value;
        }

        common[Servers] = connection.Servers;
        return common;
    }

    private static T Make<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (Exception error) when (error is InvalidOperationException or KafkaException or ArgumentException)
        {
            // For example a certificate that cannot be read; librdkafka names the property.
            throw new StartupException($"ConnectionStrings:Kafka cannot be used: {error.Message}", error);
        }
    }
}
