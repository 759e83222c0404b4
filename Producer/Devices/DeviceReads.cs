using Contracts.Devices;
using Contracts.Messaging;
using Contracts.Storage;

namespace Producer.Devices;

/// <summary>Finds devices; says that there is none only when everything that was accepted of it has been applied.</summary>
internal sealed class DeviceReads(IDeviceStore store, ILogProgress<ReadingsReceived> progress)
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1);

    /// <returns>Null if there is none.</returns>
    /// <exception cref="StoreUnavailableException">The store did not reply, or the Consumers are behind.</exception>
    /// <exception cref="LogUnavailableException">There is none in the store, and the log cannot be asked.</exception>
    public async Task<DeviceRecord?> FindAsync(string tenant, string device, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(tenant, device, cancellationToken) is { } found)
        {
            return found;
        }

        return await progress.WaitUntilAppliedAsync(device, MaxWait, cancellationToken)
            ? await store.FindAsync(tenant, device, cancellationToken)
            : throw new StoreUnavailableException(WriteOutcome.Refused, "What was accepted of this device is yet to be stored.");
    }
}
