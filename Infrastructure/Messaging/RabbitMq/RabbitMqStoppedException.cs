namespace Infrastructure.Messaging.RabbitMq;

/// <summary>The message was neither applied nor refused: the process ends.</summary>
internal sealed class RabbitMqStoppedException() : Exception("The service is stopping.");
