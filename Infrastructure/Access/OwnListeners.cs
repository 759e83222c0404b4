using System.Net;
using Infrastructure.Targets;

namespace Infrastructure.Access;

/// <summary>
/// Once there are keys, webhooks do not go to the service itself: its own requests come from loopback, where it tells more than elsewhere.
/// Without keys whoever creates timers may call it anyway.
/// </summary>
internal sealed class OwnListeners(KeyRing ring, Listening listening) : IOwnListeners
{
    public bool Refuse(IPAddress address, int port) => listening.IsReachedBy(address, port) && !ring.IsOpen;
}
