using Contracts.Common;
using Contracts.Events;
using Contracts.Messaging;

namespace Contracts.Devices;

/// <summary>
/// Devices with their readings: one insert-only row for each reading, keyed by device and instant, and totals that count each row once.
/// </summary>
/// <remarks>
/// Every call throws <see cref="Storage.StoreUnavailableException"/> when the store did not reply. Messages may come again, in any batches:
/// the first reading of an instant is kept, whatever comes later. Effects of one device come in the order of the log, as its messages have
/// one key. A replayed dead letter counts under its first position.
/// </remarks>
public interface IDeviceStore
{
    /// <summary>Stores readings. When it has completed they can be read, and the totals include them.</summary>
    /// <remarks>Readings from before <see cref="PurgeAsync"/>'s instant, or from before an erasure of the device, are left out.</remarks>
    /// <exception cref="MessageRejectedException">A message is not whole, or has no position.</exception>
    Task AddAsync(IReadOnlyList<Received<ReadingsReceived>> messages, CancellationToken cancellationToken);

    /// <summary>
    /// Stores adjustments, by the same rules. One whose reading is not there is left out, and so is one whose reading comes later on the
    /// log, so that a message that comes again is answered alike.
    /// </summary>
    Task AdjustAsync(IReadOnlyList<Received<ReadingAdjusted>> messages, CancellationToken cancellationToken);

    /// <summary>Erases devices: rows, totals and settings. Earlier messages, when they come again, are left out.</summary>
    Task EraseAsync(IReadOnlyList<Received<DeviceErased>> messages, CancellationToken cancellationToken);

    /// <summary>
    /// Where the stored readings of these instants came from, in the order of the request; null for those that are not there.
    /// </summary>
    Task<IReadOnlyList<EventSource?>> FindSourcesAsync(
        string tenant, IReadOnlyList<(string Device, long At)> readings, CancellationToken cancellationToken);

    /// <summary>Where a stored adjustment came from; null if it is not there.</summary>
    Task<EventSource?> FindAdjustmentAsync(string tenant, string device, long at, string eventId, CancellationToken cancellationToken);

    /// <summary>Adjustments of a device in the order of their readings' instants; none of an unknown one.</summary>
    Task<IReadOnlyList<StoredAdjustment>> ReadAdjustmentsAsync(
        string tenant, string device, AdjustmentRange range, CancellationToken cancellationToken);

    /// <summary>The position of the latest erasure of a device that is done; null if there was none.</summary>
    Task<LogPosition?> FindErasureAsync(string tenant, string device, CancellationToken cancellationToken);

    /// <summary>The device with its totals, in constant time; null if there is none.</summary>
    Task<DeviceRecord?> FindAsync(string tenant, string device, CancellationToken cancellationToken);

    /// <summary>Those of some devices that are there, in any order.</summary>
    /// <param name="tenant">The tenant whose data it is about.</param>
    /// <param name="devices">At most 1,000 ids.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    Task<IReadOnlyList<DeviceRecord>> FindAsync(string tenant, IReadOnlyList<string> devices, CancellationToken cancellationToken);

    /// <summary>Readings of a device in time order; none of an unknown one.</summary>
    Task<IReadOnlyList<StoredReading>> ReadAsync(string tenant, string device, ReadingRange range, CancellationToken cancellationToken);

    /// <summary>A page of the tenant's devices; its cost does not depend on the number of those that it leaves out.</summary>
    Task<DevicePage> ListAsync(string tenant, DeviceQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// Sets what the owner sets, of a device that may not exist yet. Its watch begins anew only if <c>QuietAfter</c> changes.
    /// </summary>
    /// <param name="tenant">The tenant whose data it is about.</param>
    /// <param name="device">The device's id.</param>
    /// <param name="settings">All of them: those that are missing are removed.</param>
    /// <param name="now">The instant from which a new device's silence counts, UTC.</param>
    /// <param name="cancellationToken">Stops the waiting; the change may still happen.</param>
    /// <returns>The device as it is now, and what has changed of its tags.</returns>
    Task<ConfiguredDevice> ConfigureAsync(
        string tenant, string device, DeviceSettings settings, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Devices of all tenants whose watch is due.</summary>
    Task<IReadOnlyList<WatchedDevice>> FindDueWatchesAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>Sets a watch to its next instant, unless somebody else has moved it or the owner has changed it.</summary>
    /// <param name="watched">As <see cref="FindDueWatchesAsync"/> gave it.</param>
    /// <param name="nextAt">When to check the device again, in UTC.</param>
    /// <param name="silentSince">Since when it has been silent; null if it is not.</param>
    /// <param name="cancellationToken">Stops the waiting; the change may still happen.</param>
    /// <returns>False if it was changed meanwhile.</returns>
    Task<bool> TryMoveWatchAsync(
        WatchedDevice watched, DateTimeOffset nextAt, DateTimeOffset? silentSince, CancellationToken cancellationToken);

    /// <summary>Deletes readings from before an instant, and what erasures have left over. Totals keep counting purged readings.</summary>
    /// <param name="before">
    /// In 100 ns since 1970; none from before it can be stored again. It never goes back, whatever later calls say.
    /// </param>
    /// <param name="after">The <see cref="PurgeStep.Next"/> of the previous step; null to begin.</param>
    /// <param name="limit">Maximum number of rows in this step.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    Task<PurgeStep> PurgeAsync(long before, string? after, int limit, CancellationToken cancellationToken);

    /// <summary>The instant before which everything was purged, in 100 ns since 1970; the earliest number if nothing was.</summary>
    Task<long> FindPurgedAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Compares the totals of some devices with their rows, and puts right those that differ, while others read and write.
    /// </summary>
    /// <param name="after">The <see cref="DriftReport.Next"/> of the previous call; null to begin.</param>
    /// <param name="limit">Maximum number of devices in this step.</param>
    /// <param name="repair">Whether to put them right; if not, they are only reported.</param>
    /// <param name="cancellationToken">Stops the work after the step under way; what is done stays done.</param>
    Task<DriftReport> RebuildAsync(string? after, int limit, bool repair, CancellationToken cancellationToken);
}
