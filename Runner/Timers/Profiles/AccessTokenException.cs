namespace Runner.Timers.Profiles;

/// <summary>There is no access token for a receiver; nothing was sent.</summary>
internal sealed class AccessTokenException(string reason) : Exception($"no access token: {reason}");
