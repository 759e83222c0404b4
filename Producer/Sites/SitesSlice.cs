using System.Text.Json.Serialization.Metadata;
using Contracts.Messaging;
using Contracts.Sites;
using Infrastructure;
using Infrastructure.Sites;
using Producer.Docs;
using Producer.Slices;

namespace Producer.Sites;

/// <summary>Sites over REST: events in, statistics out, and the routes of the service that this slice grew from.</summary>
internal sealed class SitesSlice : ProducerSlice
{
    public override IJsonTypeInfoResolver Json => SiteResourcesJson.Default;

    public override ApiTexts Api { get; } = new SiteApiTexts();

    public override void AddTo(EngineBuilder engines)
    {
        if (engines.TryAddSites())
        {
            engines.Services
                .AddSingleton<IEventTracker, SiteTracker>()
                .AddSingleton<DailySalt>()
                .AddSingleton<SiteIntake>()
                .AddSingleton<SiteReads>()
                .AddSingleton<SiteStats>()
                .AddSingleton<SiteLive>()
                .AddSingleton<SiteEventRequestValidator>()
                .AddSingleton<SeedEventValidator>();
        }
    }

    public override void Map(IEndpointRouteBuilder app, ServedRequests serves)
    {
        if (app.ServiceProvider.GetService<ISiteStore>() is null)
        {
            // On engines that cannot carry it there is no such slice.
            return;
        }

        var sites = app.MapGroup(SiteRoutes.Root).WithTags("Sites").ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        if (serves != ServedRequests.Reads)
        {
            sites.MapPostSiteEvents();
            sites.MapEraseVisitor();
            sites.MapEraseSite();
            app.MapSeedWrites();
        }

        if (serves != ServedRequests.Writes)
        {
            sites.MapReadSites();
            sites.MapWatchSite();
            sites.MapExportSiteEvents();
            app.MapSeedReads();
        }
    }
}
