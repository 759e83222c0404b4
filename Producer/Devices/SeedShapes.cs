namespace Producer.Devices;

/// <summary>The seed's request, as the API document shows it.</summary>
/// <param name="Id">The device's id, 1 to 255 characters.</param>
/// <param name="Readings">Its readings, up to 10,000.</param>
internal sealed record SeedIngestRequest(string Id, IReadOnlyList<SeedReadingShape> Readings);

/// <summary>The seed's reading.</summary>
/// <param name="Timestamp">RFC 3339 with an offset, or seconds or milliseconds since 1970.</param>
/// <param name="Count">What it counted, a 64-bit integer.</param>
internal sealed record SeedReadingShape(string Timestamp, long Count);

/// <summary>The seed's answer.</summary>
/// <param name="Results">One per reading, in the order of the request.</param>
internal sealed record SeedIngestAnswer(IReadOnlyList<SeedResultShape> Results);

/// <summary>The seed's result of one reading.</summary>
internal sealed record SeedResultShape
{
    /// <summary>The device's id.</summary>
    public required string Id { get; init; }

    /// <summary>As the client wrote it.</summary>
    public string? Timestamp { get; init; }

    /// <summary>202 stored, 409 a second reading of the instant, 422 not valid.</summary>
    public required int Status { get; init; }

    /// <summary>Whether it is stored.</summary>
    public required bool Success { get; init; }

    /// <summary>Why not.</summary>
    public string? Error { get; init; }
}

/// <summary>The seed's device.</summary>
internal sealed record SeedDevice
{
    /// <summary>Its readings in time order: instant and count.</summary>
    public required IReadOnlyDictionary<string, long> Data { get; init; }

    /// <summary>The latest reading's instant; null without one.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("latest_timestamp")]
    public string? LatestTimestamp { get; init; }

    /// <summary>The sum of all counts; any number of digits.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("cumulative_count")]
    public required long CumulativeCount { get; init; }
}

/// <summary>The seed's latest instant.</summary>
internal sealed record SeedLatest(
    [property: System.Text.Json.Serialization.JsonPropertyName("latest_timestamp")]
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.Never)]
    string? LatestTimestamp);

/// <summary>The seed's total; any number of digits.</summary>
internal sealed record SeedTotal(
    [property: System.Text.Json.Serialization.JsonPropertyName("cumulative_count")] Int128 CumulativeCount);

/// <summary>The seed's error.</summary>
/// <param name="Error">What is wrong, for people.</param>
internal sealed record SeedDeviceError(SeedDeviceErrorText Error)
{
    public static IResult Answer(int status, string message, string? code = null) => new Http.JsonAnswer<SeedDeviceError>(
        new SeedDeviceError(new SeedDeviceErrorText { Code = code, Message = message }), DeviceResourcesJson.Http.SeedDeviceError, status);
}

/// <summary>What is wrong.</summary>
internal sealed record SeedDeviceErrorText
{
    /// <summary>RESOURCE_NOT_FOUND for a route that does not exist.</summary>
    public string? Code { get; init; }

    /// <summary>What is wrong, for people.</summary>
    public required string Message { get; init; }
}
