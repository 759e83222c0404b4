using Contracts.Devices;
using Contracts.Messaging;
using Contracts.Storage;
using Producer.Events;

namespace Producer.Devices;

/// <summary>Finds devices; says that there is none only when everything that was accepted of it has been applied.</summary>
internal sealed class DeviceReads(IDeviceStore store, ILogProgress<ReadingsReceived> progress)
{
    /// <returns>Null if there is none.</returns>
    /// <exception cref="StoreUnavailableException">The store did not reply, or the Consumers are behind.</exception>
    /// <exception cref="LogUnavailableException">There is none in the store, and the log cannot be asked.</exception>
    public Task<DeviceRecord?> FindAsync(string tenant, string device, CancellationToken cancellationToken) => AppliedReads.FindAsync(
        progress, device, "device", () => store.FindAsync(tenant, device, cancellationToken), cancellationToken);
}
