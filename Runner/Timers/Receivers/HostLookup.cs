using System.Net;

namespace Runner.Timers.Receivers;

/// <summary>What is known of a host name.</summary>
internal abstract record HostLookup
{
    private HostLookup()
    {
    }

    /// <summary>It has these addresses, in the order in which they are to be tried.</summary>
    internal sealed record Found(IPAddress[] Addresses) : HostLookup;

    /// <summary>The resolver has no address for it, or did not answer in time.</summary>
    /// <param name="Reason">For the attempt's record.</param>
    internal sealed record Failed(string Reason) : HostLookup;

    /// <summary>Nobody has asked yet: too many other names wait for their answers. The name's receiver is not to blame.</summary>
    internal sealed record NotAsked : HostLookup
    {
        public static NotAsked Instance { get; } = new();
    }
}
