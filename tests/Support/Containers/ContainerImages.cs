using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Configurations;
using DotNet.Testcontainers.Containers;
using Tests.Deployment;
using Testcontainers.Kafka;
using Testcontainers.MongoDb;
using Testcontainers.RabbitMq;
using Testcontainers.Redis;

namespace Tests.Support.Containers;

/// <summary>How each engine is configured in a container: to suit tests, and to notice lost peers quickly.</summary>
internal static class ContainerImages
{
    private static readonly string[] Known = ["kafka", "mongo", "redis", "rabbitmq"];

    public static bool Has(string name) => Known.Contains(name, StringComparer.Ordinal);

    /// <param name="name">The engine.</param>
    /// <param name="composed">What docker-compose.yml says about it.</param>
    /// <param name="port">Its port on this machine's loopback.</param>
    /// <returns>The container, not started yet, and the engine's connection string.</returns>
    public static (IContainer Container, string Uri) Build(string name, ComposeService composed, int port) => name switch
    {
        "kafka" => (OnLoopback(Kafka(composed.Image).WithPortBinding(port, KafkaBuilder.KafkaPort)).Build(), $"127.0.0.1:{port}"),
        "mongo" => (OnLoopback(Mongo(composed, port).WithPortBinding(port, port)).Build(), $"mongodb://127.0.0.1:{port}/?replicaSet=rs0"),
        "redis" => (OnLoopback(Redis(composed.Image).WithPortBinding(port, RedisBuilder.RedisPort)).Build(), $"127.0.0.1:{port}"),
        "rabbitmq" => (
            OnLoopback(RabbitMq(composed.Image).WithPortBinding(port, RabbitMqBuilder.RabbitMqPort)).Build(),
            $"amqp://guest:guest@127.0.0.1:{port}/"),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Not an engine."),
    };

    private static KafkaBuilder Kafka(string image) =>
        new KafkaBuilder(image).WithEnvironment(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] = "false",
            ["KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS"] = "1000",
            ["KAFKA_BROKER_SESSION_TIMEOUT_MS"] = "3000",
            ["KAFKA_BROKER_HEARTBEAT_INTERVAL_MS"] = "500",
            ["KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS"] = "8",
            ["KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS"] = "4",
            ["KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR"] = "1",
            ["KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR"] = "1",
            ["KAFKA_LOG_CLEANER_DEDUPE_BUFFER_SIZE"] = "8388608",
            ["KAFKA_LOG_SEGMENT_BYTES"] = "67108864",
            ["KAFKA_HEAP_OPTS"] = "-Xms128m -Xmx384m",
        });

    /// <summary>
    /// Listens on the same port inside and outside, so that a client that uses the addresses of the set's members finds it.
    /// </summary>
    private static MongoDbBuilder Mongo(ComposeService composed, int port)
    {
        string[] check =
        [
            .. composed.HealthCommand.Take(composed.HealthCommand.Count - 1).SkipLast(1), "--port", $"{port}",
            "--eval", composed.HealthCommand[^1].Replace("mongo:27017", $"127.0.0.1:{port}", StringComparison.Ordinal),
        ];
        return new MongoDbBuilder(composed.Image).WithUsername(string.Empty).WithPassword(string.Empty)
            .WithCommand("--replSet", "rs0", "--bind_ip_all", "--port", $"{port}", "--wiredTigerCacheSizeGB", "0.5")
            .WithWaitStrategy(Wait.ForUnixContainer().UntilCommandIsCompleted(check));
    }

    private static RedisBuilder Redis(string image) => new RedisBuilder(image).WithCommand("--save", string.Empty, "--appendonly", "no");

    private static RabbitMqBuilder RabbitMq(string image) => new RabbitMqBuilder(image).WithUsername("guest").WithPassword("guest");

    private static TBuilder OnLoopback<TBuilder, TContainer, TConfiguration>(ContainerBuilder<TBuilder, TContainer, TConfiguration> builder)
        where TBuilder : ContainerBuilder<TBuilder, TContainer, TConfiguration>
        where TContainer : IContainer
        where TConfiguration : IContainerConfiguration =>
        builder.WithLabel(LocalDocker.RunLabel, $"{Environment.ProcessId}").WithCreateParameterModifier(parameters =>
        {
            foreach (var binding in parameters.HostConfig!.PortBindings!.Values.SelectMany(bindings => bindings))
            {
                binding.HostIP = "127.0.0.1";
            }
        });
}
