namespace Infrastructure.Storage;

/// <summary>Reads the clock of the store that this service writes to.</summary>
internal interface IStoreTime
{
    /// <exception cref="Contracts.Storage.StoreUnavailableException">No answer.</exception>
    Task<StoreTimeSample> SampleAsync(CancellationToken cancellationToken);
}
