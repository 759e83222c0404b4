namespace Producer.Devices;

/// <summary>One reading of a request.</summary>
internal sealed class ReadingRequest
{
    /// <summary>The device's id, 1 to 255 characters.</summary>
    public string? Device { get; set; }

    /// <summary>
    /// When it counted: RFC 3339 with an offset, or seconds or milliseconds since 1970, or a near miss that has one meaning.
    /// </summary>
    public DateTimeOffset? Timestamp { get; set; }

    /// <summary>What it counted, a 64-bit integer; 0 is a value.</summary>
    public long? Count { get; set; }

    /// <summary>The client's own id of this event, up to 255 characters. Default: one that the service gives.</summary>
    public string? EventId { get; set; }
}
