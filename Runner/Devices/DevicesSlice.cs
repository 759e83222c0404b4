using Contracts.Devices;
using Infrastructure;
using Infrastructure.Devices;
using Microsoft.Extensions.Options;
using Quartz;
using Runner.Events;
using Runner.Jobs;

namespace Runner.Devices;

/// <summary>Purges, compares and watches devices.</summary>
internal sealed class DevicesSlice : RunnerSlice
{
    public override void AddTo(EngineBuilder engines)
    {
        if (engines.TryAddDevices())
        {
            engines.Services.AddEventUpkeep<DeviceUpkeep>();
            engines.Services.AddSingleton<WatchPass>();
        }
    }

    public override void AddJobs(EngineBuilder engines, IQuartzBuilder quartz)
    {
        if (engines.CarriesDevices())
        {
            quartz.AddEventJobs<DeviceUpkeep, DeviceOptions>(DeviceMessages.Topic);
            quartz.ScheduleJob<WatchDevicesJob>((provider, trigger) => trigger
                .WithIdentity("watch-devices")
                .WithSimpleSchedule(provider.GetRequiredService<IOptions<DeviceOptions>>().Value.WatchInterval));
        }
    }
}
