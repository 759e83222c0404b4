namespace Runner.Timers.Receivers;

/// <summary>The egress proxy did not connect to a receiver; nothing was sent. Its reasons would tell what there is inside.</summary>
internal sealed class EgressRefusedException() : Exception("the egress proxy did not connect to the receiver");
