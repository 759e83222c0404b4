using Contracts.Items;
using Infrastructure;
using Infrastructure.Items;
using Quartz;
using Runner.Events;
using Runner.Jobs;

namespace Runner.Items;

/// <summary>Compares counts with the items themselves, trims those by millisecond and second, and purges transfers.</summary>
internal sealed class ItemsSlice : RunnerSlice
{
    public override void AddTo(EngineBuilder engines)
    {
        if (engines.TryAddItems())
        {
            engines.Services.AddEventUpkeep<ItemUpkeep>();
        }
    }

    public override void AddJobs(EngineBuilder engines, IQuartzBuilder quartz)
    {
        if (engines.CarriesItems())
        {
            quartz.AddEventJobs<ItemUpkeep, ItemOptions>(ItemMessages.Topic);
        }
    }
}
