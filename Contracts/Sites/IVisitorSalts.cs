namespace Contracts.Sites;

/// <summary>The salts of the days: with a day's salt visitors are told apart, and without it nobody can find out who they were.</summary>
/// <remarks>Every call throws <see cref="Storage.StoreUnavailableException"/> when the store did not reply.</remarks>
public interface IVisitorSalts
{
    /// <summary>A day's salt, the same for all services; made now if it has none.</summary>
    /// <param name="day">The day, in UTC.</param>
    /// <param name="proposal">The salt that it gets if it has none, 16 to 64 random bytes.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    Task<byte[]> EnsureAsync(DateOnly day, byte[] proposal, CancellationToken cancellationToken);

    /// <summary>A day's salt; null if it has none, or it is forgotten.</summary>
    /// <param name="day">The day, in UTC.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    Task<byte[]?> FindAsync(DateOnly day, CancellationToken cancellationToken);

    /// <summary>Forgets the salts of all days before one, for good.</summary>
    Task ForgetAsync(DateOnly before, CancellationToken cancellationToken);
}
