using System.Text;
using System.Text.Json;
using Contracts.Messaging;
using Contracts.Timers;
using RabbitMQ.Client;
using Tests.Support;

namespace Tests.Contract;

/// <summary>The RabbitMQ log on a real broker that all tests share; each test has queues of its own.</summary>
[Parallelizable]
public sealed class RabbitMqLogTests : DurableLogContract
{
    private readonly List<DeadLetter> dead = [];
    private string uri = null!;
    private string prefix = null!;
    private RabbitMqHost publisher = null!;
    private RabbitMqHost consumer = null!;
    private IBatchHandler<TimerScheduled> fedHandler = null!;

    protected override async Task<IEventPublisher<TimerScheduled>> StartAsync(IBatchHandler<TimerScheduled> fed)
    {
        uri = Engine.Address("rabbitmq");
        prefix = RabbitMqHost.NewPrefix();
        fedHandler = fed;
        dead.Clear();
        publisher = await RabbitMqHost.StartPublisherAsync(uri, prefix);
        consumer = await RabbitMqHost.StartConsumerAsync(uri, prefix, fed);
        return publisher.Publisher;
    }

    protected override async Task StopAsync()
    {
        await consumer.DisposeAsync();
        await publisher.DisposeAsync();
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        foreach (var name in new[] { $"{prefix}timers", $"{prefix}timers.dead" })
        {
            await channel.QueueDeleteAsync(name);
            await channel.ExchangeDeleteAsync(name);
        }
    }

    protected override async Task RestartConsumerAsync()
    {
        await consumer.DisposeAsync();
        consumer = await RabbitMqHost.StartConsumerAsync(uri, prefix, fedHandler);
    }

    protected override async Task PublishRubbishAsync(byte[] bytes)
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.BasicPublishAsync(string.Empty, $"{prefix}timers", bytes);
    }

    protected override async Task<IReadOnlyList<DeadLetter>> DeadLettersAsync()
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        try
        {
            while (await channel.BasicGetAsync($"{prefix}timers.dead", autoAck: true) is { } found)
            {
                var body = found.Body.ToArray();
                dead.Add(new DeadLetter(
                    KeyOf(body), body, Header(found.BasicProperties, "MT-Fault-Message"), Header(found.BasicProperties, "MT-Fault-ExceptionType")));
            }
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
        {
            // The queue is made with the first dead letter.
        }

        return [.. dead];
    }

    private static string KeyOf(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.GetProperty("message").GetProperty("key").GetString()!;
        }
        catch (JsonException)
        {
            return string.Empty;
        }
    }

    private static string Header(IReadOnlyBasicProperties properties, string name) => properties.Headers?[name] switch
    {
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        var other => other?.ToString() ?? string.Empty,
    };

    private Task<IConnection> ConnectAsync() => new ConnectionFactory { Uri = new Uri(uri) }.CreateConnectionAsync();
}
