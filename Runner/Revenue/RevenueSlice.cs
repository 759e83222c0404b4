using Contracts.Revenue;
using Infrastructure;
using Infrastructure.Revenue;
using Quartz;
using Runner.Events;
using Runner.Jobs;

namespace Runner.Revenue;

/// <summary>Purges revenue, compares balances with the ledger, and keeps the archive.</summary>
internal sealed class RevenueSlice : RunnerSlice
{
    public override void AddTo(EngineBuilder engines)
    {
        if (engines.TryAddRevenue())
        {
            engines.Services.AddEventUpkeep<RevenueUpkeep>().AddSingleton<ArchivePass>();
        }
    }

    public override void AddJobs(EngineBuilder engines, IQuartzBuilder quartz)
    {
        if (engines.CarriesRevenue())
        {
            quartz.AddEventJobs<RevenueUpkeep, RevenueOptions>(RevenueMessages.Topic);
            quartz.ScheduleJob<ArchiveRevenueJob>((_, trigger) => trigger
                .WithIdentity("archive-revenue").WithSimpleSchedule(ArchiveRevenueJob.Interval));
        }
    }
}
