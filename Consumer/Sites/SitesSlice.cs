using Consumer.Events;
using Contracts.Messaging;
using Contracts.Sites;
using Infrastructure;
using Infrastructure.Sites;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Consumer.Sites;

/// <summary>Stores events of sites, and erasures of visitors and of sites.</summary>
internal sealed class SitesSlice : Slice
{
    public override void AddTo(EngineBuilder engines)
    {
        if (engines.TryAddSites())
        {
            engines.Services.TryAddSingleton<DeadLetterErasure>();
            engines.Services.AddSingleton<IBatchHandler<SiteEventsReceived>, StoreSiteEventsHandler>();
            engines.Services.AddSingleton<IBatchHandler<VisitorErased>, EraseVisitorsHandler>();
            engines.Services.AddSingleton<IBatchHandler<SiteErased>, EraseSitesHandler>();
        }
    }
}
