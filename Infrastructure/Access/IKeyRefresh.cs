namespace Infrastructure.Access;

/// <summary>The keys that this instance knows, for whoever has changed some.</summary>
public interface IKeyRefresh
{
    /// <summary>Reads what has changed. If the store does not answer, it is read as soon as it does.</summary>
    Task ChangedAsync(CancellationToken cancellationToken);

    /// <summary>A token of a caller for live streams; null if it has no key, and needs none.</summary>
    (string Token, DateTimeOffset ExpiresAt)? CreateStreamToken(Caller caller);
}
