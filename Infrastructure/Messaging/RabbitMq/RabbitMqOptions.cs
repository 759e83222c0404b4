using System.ComponentModel.DataAnnotations;

namespace Infrastructure.Messaging.RabbitMq;

/// <summary>How RabbitMQ is used; the connection string <c>RabbitMq</c> says where it is.</summary>
public sealed class RabbitMqOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "RabbitMq";

    /// <summary>
    /// How long a message may wait for the broker's confirm, 1 s to 5 min. Default 20 s; must be shorter than a request may take.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan DeliveryTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Prefix for the names of queues and exchanges, up to 100 characters. Default empty.</summary>
    [RegularExpression("^[A-Za-z0-9._-]{0,100}$")]
    public string QueuePrefix { get; set; } = string.Empty;

    /// <summary>Messages that are handed to the store at once, 1 to 10,000. Default 500.</summary>
    [Range(1, 10_000)]
    public int BatchSize { get; set; } = 500;

    /// <summary>How long a batch stays open after its first message, 1 ms to 1 s. Default 5 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:01")]
    public TimeSpan BatchTime { get; set; } = TimeSpan.FromMilliseconds(5);

    internal string Prefixed(string name) => QueuePrefix + name;
}
