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

    protected override bool HasPositions => false;

    protected override string Broker => "RabbitMQ";

    [Test]
    public async Task A_message_of_another_kind_becomes_a_dead_letter_with_the_reason()
    {
        const string stranger = """{"messageType":["urn:message:Elsewhere:Order"],"message":{"key":"mine"}}""";

        await PublishRubbishAsync(Encoding.UTF8.GetBytes(stranger), "application/vnd.masstransit+json");
        await Publisher.PublishAsync([ATimer.New().Build()], default);

        await Eventually.That(() => Handler.FirstTimes.Count == 1, RabbitMqHost.MaxWait, "what follows is applied");
        await Eventually.That(async () => (await DeadLettersAsync()).Count == 1, RabbitMqHost.MaxWait, "it is a dead letter");
        Assert.That((await DeadLettersAsync())[0], Is.EqualTo(new DeadLetter(
            "mine", Encoding.UTF8.GetBytes(stranger), "The message is of a type that is not known here.", string.Empty))
                .UsingPropertiesComparer());
    }

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

    protected override IServiceProvider Consumer => consumer.Services;

    protected override async Task RestartConsumerAsync()
    {
        await consumer.DisposeAsync();
        consumer = await RabbitMqHost.StartConsumerAsync(uri, prefix, fedHandler);
    }

    protected override Task PublishRubbishAsync(byte[] bytes) => PublishRubbishAsync(bytes, "application/octet-stream");

    private async Task PublishRubbishAsync(byte[] bytes, string contentType)
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.BasicPublishAsync(
            string.Empty, $"{prefix}timers", mandatory: true, new BasicProperties { ContentType = contentType }, bytes);
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
                    KeyOf(body), body, Reason(found.BasicProperties), Header(found.BasicProperties, "MT-Fault-ExceptionType")));
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

    private static string Reason(IReadOnlyBasicProperties properties) =>
        Header(properties, "MT-Fault-Message") is { Length: > 0 } fault ? fault : Header(properties, "MT-Reason");

    private static string Header(IReadOnlyBasicProperties properties, string name) =>
        properties.Headers is { } headers && headers.TryGetValue(name, out var value)
        ? TextOf(value)
        : string.Empty;

    private static string TextOf(object? value) => value switch
    {
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        var other => other?.ToString() ?? string.Empty,
    };

    private Task<IConnection> ConnectAsync() => new ConnectionFactory { Uri = new Uri(uri) }.CreateConnectionAsync();
}
