using Contracts.Common;
using Contracts.Timers;

namespace Producer.Timers;

/// <summary>What a timer would become.</summary>
internal sealed record TimerPreviewResource
{
    /// <summary>The id that it was given; absent if one would be drawn.</summary>
    public string? Id { get; init; }

    /// <summary>Whether there is a timer with this id already, which a create would return or, if it asks for that, replace.</summary>
    public required bool Exists { get; init; }

    /// <summary>The instant that would be promised; a delay counts from now.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>When it would expire: from then on it is not sent; absent for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When its attempts would be made if each of them failed; those that its expiry leaves no time for are left out.</summary>
    public required IReadOnlyList<AttemptPreviewResource> Attempts { get; init; }

    /// <summary>What it would end as if each attempt failed: failed, or expired.</summary>
    public required string Ends { get; init; }

    /// <summary>What else is due at its receiver within the minute around its instant.</summary>
    public required LoadAround AlsoDue { get; init; }

    public static TimerPreviewResource From(TimerRecord row, bool exists, LoadAround load)
    {
        var policy = row.Spec.Retry ?? RetryPolicy.Default;
        var timeout = row.Spec.Timeout ?? TimerSpec.DefaultTimeout;
        var attempts = new List<AttemptPreviewResource>();
        var (earliest, latest) = (row.DueAt, row.DueAt);
        for (var number = 1; number <= policy.Attempts && !row.HasExpired(earliest); number++)
        {
            attempts.Add(new AttemptPreviewResource(number, earliest, row.HasExpired(latest) ? row.ExpiresAt!.Value : latest));
            earliest = Instants.CeilingToMilliseconds(earliest + policy.PauseAfter(number, chance: 0));
            latest = Instants.CeilingToMilliseconds(latest + timeout + policy.PauseAfter(number, chance: 1));
        }

        return new TimerPreviewResource
        {
            Id = row.Fingerprint is null ? null : row.Id,
            Exists = exists,
            DueAt = row.DueAt,
            ExpiresAt = row.ExpiresAt,
            Attempts = attempts,
            Ends = TimerResource.StateName(attempts.Count < policy.Attempts ? TimerState.Expired : TimerState.Failed),
            AlsoDue = load,
        };
    }
}

/// <summary>When an attempt would be made.</summary>
/// <param name="Attempt">Its number, from 1.</param>
/// <param name="Earliest">If each one before it failed at once, and without jitter.</param>
/// <param name="Latest">If each one before it timed out, and with all of the jitter; at the expiry at the latest.</param>
internal sealed record AttemptPreviewResource(int Attempt, DateTimeOffset Earliest, DateTimeOffset Latest);
