using Contracts.Events;
using Contracts.Storage;

namespace Producer.Events;

/// <summary>When and from where a request's events came.</summary>
internal static class EventStamps
{
    /// <summary>The stamp of a request.</summary>
    /// <param name="context">The HTTP context of the request.</param>
    /// <param name="clock">The service's time.</param>
    /// <param name="mode">How much of the address to record.</param>
    public static EventStamp Of(HttpContext context, IStoreClock clock, AddressMode mode)
    {
        // Whole milliseconds, as stores keep them, so that a message reads as it was stored.
        var now = clock.Now;
        return new EventStamp(
            new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero),
            ClientAddress.Record(context.Connection.RemoteIpAddress, mode));
    }
}
