using MassTransit;

namespace Infrastructure.Messaging.RabbitMq;

/// <summary>Where MassTransit puts messages that failed or cannot be read: one queue for both.</summary>
internal sealed class RabbitMqDeadLetters : IErrorQueueNameFormatter, IDeadLetterQueueNameFormatter
{
    public static RabbitMqDeadLetters Instance { get; } = new();

    public string FormatErrorQueueName(string queueName) => $"{queueName}.dead";

    public string FormatDeadLetterQueueName(string queueName) => $"{queueName}.dead";
}
