using MassTransit;

namespace Infrastructure.Messaging.RabbitMq;

/// <summary>Names the queue for messages that failed or cannot be read: MassTransit moves both to the same one.</summary>
internal sealed class RabbitMqDeadLetters : IErrorQueueNameFormatter, IDeadLetterQueueNameFormatter
{
    public static RabbitMqDeadLetters Instance { get; } = new();

    public string FormatErrorQueueName(string queueName) => $"{queueName}.dead";

    public string FormatDeadLetterQueueName(string queueName) => $"{queueName}.dead";
}
