using Contracts.Devices;
using Contracts.Messaging;
using Infrastructure;
using Infrastructure.Devices;

namespace Consumer.Devices;

/// <summary>Stores readings, adjustments and erasures.</summary>
internal sealed class DevicesSlice : Slice
{
    public override void AddTo(EngineBuilder engines)
    {
        if (engines.TryAddDevices())
        {
            engines.Services.AddSingleton<IBatchHandler<ReadingsReceived>, StoreReadingsHandler>();
            engines.Services.AddSingleton<IBatchHandler<ReadingAdjusted>, AdjustReadingsHandler>();
            engines.Services.AddSingleton<IBatchHandler<DeviceErased>, EraseDevicesHandler>();
        }
    }
}
