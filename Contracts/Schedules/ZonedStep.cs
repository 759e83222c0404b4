using NodaTime;

namespace Contracts.Schedules;

/// <summary>A local time in a zone.</summary>
/// <param name="At">The instant; of a time in a gap that is skipped, the instant at which clocks are put forward.</param>
/// <param name="Named">The local time that the schedule names.</param>
/// <param name="Shift">What a change of clocks does to it.</param>
/// <param name="IsSkipped">Whether the schedule's rules for gaps and folds leave it out.</param>
internal readonly record struct ZonedStep(Instant At, LocalDateTime Named, ClockShift Shift, bool IsSkipped);
