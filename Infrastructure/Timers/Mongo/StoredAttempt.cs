using Contracts.Timers;

namespace Infrastructure.Timers.Mongo;

/// <summary>A stored attempt with what it was meant to do to its timer: a reaper finishes what its Runner could not.</summary>
internal sealed record StoredAttempt(Guid Timer, ClaimToken Token, AttemptRecord Attempt, TimerState State, DateTimeOffset NextAt);
