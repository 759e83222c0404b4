using ClientLibrary.Events;
using ClientLibrary.Live;

namespace ClientLibrary.Devices;

/// <summary>Sends readings, and reads devices.</summary>
/// <param name="connection">The service.</param>
public sealed class DeviceClient(ServiceConnection connection)
{
    private const string Root = "devices";

    /// <summary>Sends readings, in as many requests as they need.</summary>
    /// <param name="readings">Any number, of any devices, in any order.</param>
    /// <param name="cancellationToken">Gives up; send them again then, which counts none twice.</param>
    /// <exception cref="ServiceException">The service could not be reached, or refused a request as a whole.</exception>
    public Task<EventBatch> SendAsync(IEnumerable<Reading> readings, CancellationToken cancellationToken = default) =>
        new EventClient(connection).SendAsync($"{Root}/readings", readings, DevicesJson.Default.Reading, cancellationToken);

    /// <summary>A device with its total.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ServiceProblemException">404: there is none.</exception>
    public Task<DeviceInfo> GetAsync(string id, CancellationToken cancellationToken = default) =>
        connection.GetAsync($"{Root}/{Uri.EscapeDataString(id)}", DevicesJson.Default.DeviceInfo, cancellationToken);

    /// <summary>All devices in the order of their ids, page by page as they are read.</summary>
    /// <param name="tag">Only those with this tag; null for all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public IAsyncEnumerable<DeviceInfo> ListAllAsync(string? tag = null, CancellationToken cancellationToken = default) =>
        Pages.ReadAllAsync(
            cursor => connection.GetAsync(
                $"{Root}{new QueryText().Add("tag", tag).Add("cursor", cursor)}", DevicesJson.Default.PageDeviceInfo, cancellationToken),
            first: null,
            cancellationToken);

    /// <summary>Devices as they change.</summary>
    /// <param name="device">Only this one; null for all.</param>
    /// <param name="tag">Only those with this tag; null for all.</param>
    /// <param name="lastEventId">The position to go on from; null to begin with a snapshot.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public IAsyncEnumerable<LiveEvent> WatchAsync(
        string? device = null, string? tag = null, string? lastEventId = null, CancellationToken cancellationToken = default) =>
        new LiveClient(connection).WatchAsync(
            $"{Root}/readings/stream{new QueryText().Add("device", device).Add("tag", tag)}", lastEventId, cancellationToken);
}
