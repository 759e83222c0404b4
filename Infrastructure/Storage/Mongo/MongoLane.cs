namespace Infrastructure.Storage.Mongo;

/// <summary>Who goes first where more is asked than there are connections.</summary>
internal enum MongoLane
{
    /// <summary>Leases and the clock: small, rare, and on a connection of their own, since a lease that waits lapses.</summary>
    Vital,

    /// <summary>The Runner's claims and outcomes; taken before clients' work.</summary>
    Runner,

    /// <summary>What clients and the log bring.</summary>
    Clients,
}
