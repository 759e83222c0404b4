using Contracts.Common;
using Contracts.Devices;
using Contracts.Events;
using Infrastructure.Devices;
using Microsoft.Extensions.Options;
using Runner.Events;

namespace Runner.Devices;

/// <summary>The purge and the comparison of devices.</summary>
internal sealed class DeviceUpkeep(IDeviceStore store, IOptions<DeviceOptions> options) : IEventUpkeep
{
    private const int RowsPerStep = 500;
    private const int DevicesPerStep = 100;

    public string Slice => DeviceMessages.Topic;

    public TimeSpan? Retention => options.Value.Retention;

    public bool Repairs => options.Value.Repair;

    public Task<PurgeStep> PurgeAsync(DateTimeOffset before, string? after, CancellationToken cancellationToken) =>
        store.PurgeAsync(TickTime.Of(before), after, RowsPerStep, cancellationToken);

    public Task<DriftReport> RebuildAsync(string? after, bool repair, CancellationToken cancellationToken) =>
        store.RebuildAsync(after, DevicesPerStep, repair, cancellationToken);
}
