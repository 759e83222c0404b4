namespace Runner.Timers.Receivers;

/// <summary>A receiver's name has no address; nothing was sent.</summary>
internal sealed class HostLookupException(string message) : Exception(message);
