namespace ClientLibrary;

/// <summary>How a connection waits and repeats.</summary>
public sealed record ConnectionOptions
{
    /// <summary>Time-out of one attempt, up to its answer's headers for a live stream. Default 100 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>How requests are repeated that failed for a while.</summary>
    public RetryRules Retries { get; init; } = new();

    /// <summary>Told before each pause why there is one, and how long it is. Default: nobody is.</summary>
    public Action<ServiceException, TimeSpan>? Pausing { get; init; }

    /// <summary>Sends the requests, for tests and proxies; not disposed of. Default: one of the connection's own.</summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>The clock of pauses and time-outs. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
