namespace Infrastructure.Messaging;

/// <summary>Names of the headers that messages carry.</summary>
internal static class MessageHeaders
{
    /// <summary>The message's type.</summary>
    public const string Type = "type";

    /// <summary>Its shape's version.</summary>
    public const string Version = "version";

    /// <summary>W3C trace context.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>The tenant; without it, the default tenant.</summary>
    public const string Tenant = "tenant";

    /// <summary>Of a replayed dead letter: where it stood first, as <c>epoch/partition/offset</c>.</summary>
    public const string Source = "source";

    /// <summary>Of a dead letter: why it could not be applied.</summary>
    public const string Reason = "dead-reason";

    /// <summary>Of a dead letter: the class of the exception.</summary>
    public const string Exception = "dead-exception";

    /// <summary>Of a dead letter: where it was.</summary>
    public const string Topic = "dead-topic";

    /// <summary>Of a dead letter: in which partition.</summary>
    public const string Partition = "dead-partition";

    /// <summary>Of a dead letter: at which offset.</summary>
    public const string Offset = "dead-offset";

    /// <summary>Of a dead letter: the message's instant, in milliseconds since 1970.</summary>
    public const string Timestamp = "dead-timestamp";
}
