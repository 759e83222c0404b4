using Consumer.Events;
using Contracts.Devices;
using Contracts.Messaging;
using Infrastructure;
using Infrastructure.Devices;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Consumer.Devices;

/// <summary>Stores readings, adjustments and erasures.</summary>
internal sealed class DevicesSlice : Slice
{
    public override void AddTo(EngineBuilder engines)
    {
        if (engines.TryAddDevices())
        {
            engines.Services.TryAddSingleton<DeadLetterErasure>();
            engines.Services.AddSingleton<IBatchHandler<ReadingsReceived>, StoreReadingsHandler>();
            engines.Services.AddSingleton<IBatchHandler<ReadingAdjusted>, AdjustReadingsHandler>();
            engines.Services.AddSingleton<IBatchHandler<DeviceErased>, EraseDevicesHandler>();
        }
    }
}
