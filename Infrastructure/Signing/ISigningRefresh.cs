namespace Infrastructure.Signing;

/// <summary>The signing secrets that this process knows, for whoever has changed some.</summary>
public interface ISigningRefresh
{
    /// <summary>Reads what has changed. If the store does not answer, it is read as soon as it does.</summary>
    Task ChangedAsync(CancellationToken cancellationToken);
}
