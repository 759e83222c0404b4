namespace Infrastructure.Storage.Mongo;

/// <summary>Priorities when there is more work than connections.</summary>
internal enum MongoLane
{
    /// <summary>Leases and the clock: small, rare, and on their own connection, because a lease that waits expires.</summary>
    Vital,

    /// <summary>The Runner's claims and outcomes; taken before clients' work.</summary>
    Runner,

    /// <summary>Work of clients and of the log.</summary>
    Clients,
}
