namespace Infrastructure.Messaging.RabbitMq;

/// <summary>A message of ours inside MassTransit's: its JSON stays exactly what its type says, whatever MassTransit is set to.</summary>
internal sealed record RabbitMqMessage
{
    /// <summary>The type's name.</summary>
    public required string Type { get; init; }

    /// <summary>Its shape's version.</summary>
    public required int Version { get; init; }

    /// <summary>Its key.</summary>
    public required string Key { get; init; }

    /// <summary>Whose it is; null for the default tenant's.</summary>
    public string? Tenant { get; init; }

    /// <summary>W3C trace context of whoever published it.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Its JSON in UTF-8.</summary>
    public required byte[] Json { get; init; }
}
