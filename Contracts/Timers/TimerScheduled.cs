namespace Contracts.Timers;

/// <summary>A timer was accepted and waits for its due instant.</summary>
/// <param name="TimerId">The store's key and the log's: derived from the timer's id by <see cref="TimerKey"/>.</param>
/// <param name="DueAt">UTC instant in whole milliseconds; the Runner fires at or after it, never before.</param>
/// <param name="CreatedAt">
/// UTC instant at which the Producer accepted it; also tells one of several contenders for a key from another.
/// </param>
/// <param name="Spec">Whom to call, with what.</param>
/// <param name="Fingerprint">Of the request's content, for keyed creates; tells a repetition from another request.</param>
public sealed record TimerScheduled(
    Guid TimerId, DateTimeOffset DueAt, DateTimeOffset CreatedAt, TimerSpec Spec, long? Fingerprint = null);
