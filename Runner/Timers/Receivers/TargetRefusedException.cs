using Infrastructure.Targets;

namespace Runner.Timers.Receivers;

/// <summary>Webhooks may not go to an address.</summary>
internal sealed class TargetRefusedException() : Exception(TargetPolicy.AttemptReason);
