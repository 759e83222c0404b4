namespace Contracts.Events;

/// <summary>How much of a client's address is recorded with an event.</summary>
public enum AddressMode
{
    /// <summary>The network only: the first 24 bits of an IPv4 address, the first 48 of an IPv6 address. The default.</summary>
    Truncated,

    /// <summary>The whole address.</summary>
    Full,

    /// <summary>Nothing.</summary>
    None,
}
