namespace Infrastructure.Messaging.RabbitMq;

/// <summary>
/// One of our messages inside MassTransit's envelope: its JSON stays exactly as its type defines it, however MassTransit is configured.
/// </summary>
internal sealed record RabbitMqMessage
{
    /// <summary>Name of the message type.</summary>
    public required string Type { get; init; }

    /// <summary>Version of the message type.</summary>
    public required int Version { get; init; }

    /// <summary>The message's key.</summary>
    public required string Key { get; init; }

    /// <summary>The message's tenant; null for the default tenant.</summary>
    public string? Tenant { get; init; }

    /// <summary>W3C trace context of the publisher.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The message as JSON, in UTF-8.</summary>
    public required byte[] Json { get; init; }
}
