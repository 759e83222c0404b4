using Contracts.Timers;

namespace Tests.Support;

/// <summary>Records the timers that a log delivers.</summary>
public sealed class RecordingHandler() : RecordingHandler<TimerScheduled>(message => (message.TimerId, message.Fingerprint));
