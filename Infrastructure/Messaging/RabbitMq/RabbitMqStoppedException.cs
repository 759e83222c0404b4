namespace Infrastructure.Messaging.RabbitMq;

/// <summary>The message was neither applied nor refused, because the process is stopping.</summary>
internal sealed class RabbitMqStoppedException() : Exception("The service is stopping.");
