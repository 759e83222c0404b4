using Contracts.Sites;
using Infrastructure;
using Infrastructure.Sites;
using Quartz;
using Runner.Events;
using Runner.Jobs;

namespace Runner.Sites;

/// <summary>Purges and compares sites.</summary>
internal sealed class SitesSlice : RunnerSlice
{
    public override void AddTo(EngineBuilder engines)
    {
        if (engines.TryAddSites())
        {
            engines.Services.AddEventUpkeep<SiteUpkeep>();
        }
    }

    public override void AddJobs(EngineBuilder engines, IQuartzBuilder quartz)
    {
        if (engines.CarriesSites())
        {
            quartz.AddEventJobs<SiteUpkeep, SiteOptions>(SiteMessages.Topic);
        }
    }
}
