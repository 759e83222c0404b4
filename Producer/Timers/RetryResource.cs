using Contracts.Timers;

namespace Producer.Timers;

/// <summary>A retry policy as clients see it.</summary>
internal sealed record RetryResource
{
    /// <summary>Total attempts, including the first.</summary>
    public required int Attempts { get; init; }

    /// <summary>Pause after the first failure.</summary>
    public TimeSpan? FirstDelay { get; init; }

    /// <summary>Each pause is this many times the one before.</summary>
    public double? Factor { get; init; }

    /// <summary>Maximum pause.</summary>
    public TimeSpan? Maximum { get; init; }

    /// <summary>Maximum share of a pause that is added at random.</summary>
    public required double Jitter { get; init; }

    /// <summary>Explicit pauses.</summary>
    public IReadOnlyList<TimeSpan>? Delays { get; init; }

    public static RetryResource From(RetryPolicy policy) => policy.Delays is { } delays
        ? new RetryResource { Attempts = policy.Attempts, Jitter = policy.Jitter, Delays = delays }
        : new RetryResource
        {
            Attempts = policy.Attempts,
            FirstDelay = policy.FirstDelay,
            Factor = policy.Factor,
            Maximum = policy.Maximum,
            Jitter = policy.Jitter,
        };
}
