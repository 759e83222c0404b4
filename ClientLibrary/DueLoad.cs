namespace ClientLibrary;

/// <summary>What else is due at a receiver within a minute.</summary>
/// <param name="From">The first instant of the minute.</param>
/// <param name="To">Its end, which does not belong to it.</param>
/// <param name="AtDestination">The tenant's timers that call the same scheme, host and port.</param>
/// <param name="OfTenant">All of the tenant's timers in that minute.</param>
/// <param name="Complete">False if there may be more, as there were too many to look at.</param>
public sealed record DueLoad(DateTimeOffset From, DateTimeOffset To, int AtDestination, int OfTenant, bool Complete);
