using System.Net;

namespace Infrastructure.Targets;

/// <summary>Where this process itself listens, as far as webhooks must not go there.</summary>
public interface IOwnListeners
{
    /// <summary>Whether a connection to an address would reach this process, which only those who have a key may call.</summary>
    bool Refuse(IPAddress address, int port);
}
