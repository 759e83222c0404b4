using System.Text.Json.Serialization.Metadata;
using Contracts.Devices;
using Contracts.Messaging;
using Infrastructure;
using Infrastructure.Devices;
using Producer.Docs;
using Producer.Slices;

namespace Producer.Devices;

/// <summary>Devices over REST: readings in, totals and readings out, and the routes of the service that this slice grew from.</summary>
internal sealed class DevicesSlice : ProducerSlice
{
    public override IJsonTypeInfoResolver Json => DeviceResourcesJson.Default;

    public override ApiTexts Api { get; } = new DeviceApiTexts();

    public override void AddTo(EngineBuilder engines)
    {
        if (engines.TryAddDevices())
        {
            engines.Services
                .AddSingleton<IEventTracker, DeviceTracker>()
                .AddSingleton<DeviceIntake>()
                .AddSingleton<DeviceReads>()
                .AddSingleton<DeviceLive>()
                .AddSingleton<ReadingRequestValidator>()
                .AddSingleton<AdjustmentRequestValidator>()
                .AddSingleton<SeedReadingsValidator>()
                .AddSingleton<SeedReadingValidator>()
                .AddSingleton<DeviceRequestValidator>();
        }
    }

    public override void Map(IEndpointRouteBuilder app, ServedRequests serves)
    {
        if (app.ServiceProvider.GetService<IDeviceStore>() is null)
        {
            // On engines that cannot carry it there is no such slice.
            return;
        }

        var devices = app.MapGroup(DeviceRoutes.Root).WithTags("Devices").ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        if (serves != ServedRequests.Reads)
        {
            devices.MapPostReadings();
            devices.MapAdjustReadings();
            devices.MapConfigureDevice();
            devices.MapEraseDevice();
            app.MapSeedWrites();
        }

        if (serves != ServedRequests.Writes)
        {
            devices.MapReadDevices();
            devices.MapReadAdjustments();
            devices.MapWatchDevices();
            devices.MapExportReadings();
            app.MapSeedReads();
        }
    }
}
