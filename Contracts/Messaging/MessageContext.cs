using Contracts.Common;

namespace Contracts.Messaging;

/// <summary>What all messages of one publication share.</summary>
/// <param name="Tenant">The tenant that they belong to.</param>
public sealed record MessageContext(string Tenant = Tenant.Default)
{
    /// <summary>Of the one tenant there is until keys name others.</summary>
    public static MessageContext Default { get; } = new();

    /// <summary>Of a replayed dead letter, its original position; the publication then holds this one message.</summary>
    public LogPosition Source { get; init; }
}
