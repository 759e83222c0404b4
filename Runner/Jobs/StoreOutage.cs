using Contracts.Storage;

namespace Runner.Jobs;

/// <summary>Logs that the store does not respond, at most every ten seconds, since many passes a second may fail.</summary>
internal sealed partial class StoreOutage(TimeProvider time, ILogger<StoreOutage> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private long? saidAt;

    public void Failed(StoreUnavailableException error)
    {
        lock (gate)
        {
            if (saidAt is { } at && time.GetElapsedTime(at) < Pause)
            {
                return;
            }

            saidAt = time.GetTimestamp();
        }

        LogUnavailable(error.Message);
    }

    [LoggerMessage(3002, LogLevel.Warning, "The store does not answer: {Reason} Trying again")]
    private partial void LogUnavailable(string reason);
}
