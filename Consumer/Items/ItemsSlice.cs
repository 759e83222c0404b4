using Contracts.Items;
using Contracts.Messaging;
using Infrastructure;
using Infrastructure.Items;

namespace Consumer.Items;

/// <summary>Stores users, base items, items and transfers.</summary>
internal sealed class ItemsSlice : Slice
{
    public override void AddTo(EngineBuilder engines)
    {
        if (engines.TryAddItems())
        {
            engines.Services.AddSingleton<ItemNews>();
            engines.Services.AddSingleton<IBatchHandler<UserCreated>, StoreUsersHandler>();
            engines.Services.AddSingleton<IBatchHandler<BaseItemCreated>, StoreBaseItemsHandler>();
            engines.Services.AddSingleton<IBatchHandler<ItemCreated>, StoreItemsHandler>();
            engines.Services.AddSingleton<IBatchHandler<ItemTransferred>, StoreTransfersHandler>();
        }
    }
}
