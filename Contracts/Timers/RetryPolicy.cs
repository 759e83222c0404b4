using System.Text.Json.Serialization;

namespace Contracts.Timers;

/// <summary>The retry policy for failed attempts.</summary>
/// <remarks>
/// Pause before attempt n+1: <c>Delays[n-1]</c> where a list is given, else
/// <c>min(Maximum, FirstDelay × Factor^(n-1))</c>; jitter adds up to <c>Jitter</c> of that and never subtracts.
/// </remarks>
[JsonConverter(typeof(RetryPolicyConverter))]
public sealed record RetryPolicy
{
    /// <summary>Maximum number of attempts.</summary>
    public const int MaxAttempts = 50;

    /// <summary>Upper bound of a pause: the longest <see cref="Maximum"/> with all of its jitter.</summary>
    public static readonly TimeSpan MaxPause = TimeSpan.FromDays(14);

    /// <summary>Five attempts over about three minutes: after 5 s, 15 s, 45 s and 135 s.</summary>
    public static RetryPolicy Default { get; } = new();

    /// <summary>Total attempts, including the first; 1 to 50. Default 5.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>Pause after the first failure; 1 ms to 1 day. Default 5 s.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Each pause is this many times the one before; 1 to 10. Default 3.</summary>
    public double Factor { get; init; } = 3;

    /// <summary>Maximum pause; 1 ms to 7 days. Default 1 h.</summary>
    public TimeSpan Maximum { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Maximum share of the pause that is added at random; 0 to 1. Default 0.1.</summary>
    public double Jitter { get; init; } = 0.1;

    /// <summary>Explicit pauses in place of the rule above; their number plus one is <see cref="Attempts"/>.</summary>
    public IReadOnlyList<TimeSpan>? Delays { get; init; }

    /// <summary>The pause that follows a failed attempt, at most <see cref="MaxPause"/> whatever is stored.</summary>
    /// <param name="failures">Failed attempts so far, at least 1.</param>
    /// <param name="chance">0 to 1, drawn by the caller; scales the jitter.</param>
    public TimeSpan PauseAfter(int failures, double chance)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        var ticks = Delays is { Count: > 0 }
            ? Delays[Math.Min(failures, Delays.Count) - 1].Ticks
            : Math.Min(Maximum.Ticks, FirstDelay.Ticks * Math.Pow(Factor, failures - 1));
        return TimeSpan.FromTicks((long)Math.Clamp(ticks + (ticks * Jitter * chance), 0, MaxPause.Ticks));
    }

    /// <inheritdoc />
    public bool Equals(RetryPolicy? other) =>
        other is not null
        && (Attempts, FirstDelay, Factor, Maximum, Jitter) == (other.Attempts, other.FirstDelay, other.Factor, other.Maximum, other.Jitter)
        && (Delays ?? []).SequenceEqual(other.Delays ?? []);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Attempts, FirstDelay, Factor, Maximum, Jitter, Delays?.Count);
}
