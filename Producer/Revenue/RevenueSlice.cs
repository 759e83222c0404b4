using System.Text.Json.Serialization.Metadata;
using Contracts.Messaging;
using Contracts.Revenue;
using Infrastructure;
using Infrastructure.Hosting;
using Infrastructure.Revenue;
using Producer.Docs;
using Producer.Slices;

namespace Producer.Revenue;

/// <summary>Revenue over REST: events in, balances and sums out, and the routes of the service that this slice grew from.</summary>
internal sealed class RevenueSlice : ProducerSlice
{
    public override IJsonTypeInfoResolver Json => RevenueResourcesJson.Default;

    public override ApiTexts Api { get; } = new RevenueApiTexts();

    public override void AddTo(EngineBuilder engines)
    {
        if (engines.TryAddRevenue())
        {
            engines.Services.AddOptions<ProducerRevenueOptions>().BindSettings(ProducerRevenueOptions.Section)
                .ValidateDataAnnotations().ValidateOnStart();
            engines.Services
                .AddSingleton<IEventTracker, RevenueTracker>()
                .AddSingleton<EventTypes>()
                .AddSingleton<RevenueIntake>()
                .AddSingleton<RevenueReads>()
                .AddSingleton<RevenueUserLive>()
                .AddSingleton<RevenueTodayLive>()
                .AddSingleton<RevenueMetrics>()
                .AddSingleton<RevenueEventRequestValidator>()
                .AddSingleton<RevenueAdjustmentRequestValidator>()
                .AddSingleton<RevenueEventTypeValidator>()
                .AddSingleton<SeedLiveEventValidator>()
                .AddSingleton<ImportPass>()
                .AddHostedService<ImportLoop>();
        }
    }

    public override void Map(IEndpointRouteBuilder app, ServedRequests serves)
    {
        if (app.ServiceProvider.GetService<IRevenueStore>() is null)
        {
            // On engines that cannot carry it there is no such slice.
            return;
        }

        var revenue = app.MapGroup(RevenueRoutes.Root).WithTags("Revenue").ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        if (serves != ServedRequests.Reads)
        {
            revenue.MapPostRevenueEvents();
            revenue.MapAdjustRevenue();
            revenue.MapConfigureEventTypes();
            revenue.MapEraseRevenueUser();
            app.MapSeedWrites();
        }

        if (serves != ServedRequests.Writes)
        {
            revenue.MapReadRevenue();
            revenue.MapReadEventTypes();
            revenue.MapRevenueStats();
            revenue.MapWatchRevenue();
            revenue.MapExportRevenue();
            app.MapSeedReads();
        }
    }
}
