using System.Text.Json.Serialization.Metadata;
using Contracts.Items;
using Contracts.Messaging;
using Infrastructure;
using Infrastructure.Items;
using Producer.Docs;
using Producer.Slices;

namespace Producer.Items;

/// <summary>
/// Items over REST: users, base items, items and transfers in, owners, histories and statistics out, and the routes of the service that
/// this slice grew from.
/// </summary>
internal sealed class ItemsSlice : ProducerSlice
{
    public override IJsonTypeInfoResolver Json => ItemResourcesJson.Default;

    public override ApiTexts Api { get; } = new ItemApiTexts();

    public override void AddTo(EngineBuilder engines)
    {
        if (engines.TryAddItems())
        {
            engines.Services
                .AddSingleton<IEventTracker, ItemTracker>()
                .AddSingleton<ItemIntake>()
                .AddSingleton<ItemReads>()
                .AddSingleton<ItemStreams>()
                .AddSingleton<ItemUserRequestValidator>()
                .AddSingleton<BaseItemRequestValidator>()
                .AddSingleton<ItemRequestValidator>()
                .AddSingleton<TransferRequestValidator>();
        }
    }

    public override void Map(IEndpointRouteBuilder app, ServedRequests serves)
    {
        if (app.ServiceProvider.GetService<IItemStore>() is null)
        {
            // On engines that cannot carry them there is no such slice.
            return;
        }

        var items = app.MapGroup(ItemRoutes.Root).WithTags("Items").ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        if (serves != ServedRequests.Reads)
        {
            items.MapCreateUsers();
            items.MapCreateBaseItems();
            items.MapCreateItems();
            items.MapTransferItems();
            items.MapEraseItemUser();
            app.MapSeedWrites();
        }

        if (serves != ServedRequests.Writes)
        {
            items.MapReadItems();
            items.MapCountItems();
            items.MapWatchItemStatistics();
            items.MapExportItems();
            app.MapSeedReads();
        }
    }
}
