using Contracts.Events;

namespace Runner.Events;

/// <summary>What a slice of events lets the common jobs do.</summary>
internal interface IEventUpkeep
{
    /// <summary>The slice, for logs and metrics.</summary>
    string Slice { get; }

    /// <summary>How long its raw events are kept; null for ever.</summary>
    TimeSpan? Retention { get; }

    /// <summary>Whether a comparison puts right what it finds.</summary>
    bool Repairs { get; }

    /// <summary>Deletes a step of what is older than an instant.</summary>
    Task<PurgeStep> PurgeAsync(DateTimeOffset before, string? after, CancellationToken cancellationToken);

    /// <summary>Compares a step of the rollups with the raw events.</summary>
    Task<DriftReport> RebuildAsync(string? after, bool repair, CancellationToken cancellationToken);
}
