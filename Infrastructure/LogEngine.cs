namespace Infrastructure;

/// <summary>The engine that carries messages.</summary>
public enum LogEngine
{
    /// <summary>The embedded log: messages go straight to the handlers of this process.</summary>
    InProcess,

    /// <summary>Kafka.</summary>
    Kafka,

    /// <summary>RabbitMQ, for timers only: it has no offsets.</summary>
    RabbitMq,
}
