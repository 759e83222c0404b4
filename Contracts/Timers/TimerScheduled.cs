namespace Contracts.Timers;

/// <summary>A timer was accepted and waits for its due instant.</summary>
/// <param name="TimerId">The store's key and the log's: derived from the timer's id by <see cref="TimerKey"/>.</param>
/// <param name="DueAt">UTC instant in whole milliseconds; the Runner fires at or after it, never before.</param>
/// <param name="CreatedAt">
/// UTC instant at which the Producer accepted it; also distinguishes contenders for a key.
/// </param>
/// <param name="Spec">The webhook to send.</param>
/// <param name="Fingerprint">Hash of the request's content, for keyed creates; distinguishes a repetition from a different request.</param>
public sealed record TimerScheduled(
    Guid TimerId, DateTimeOffset DueAt, DateTimeOffset CreatedAt, TimerSpec Spec, long? Fingerprint = null);
