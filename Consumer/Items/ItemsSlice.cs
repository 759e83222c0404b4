using Consumer.Events;
using Contracts.Items;
using Contracts.Messaging;
using Infrastructure;
using Infrastructure.Items;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Consumer.Items;

/// <summary>Stores users, base items, items and transfers, and erasures of users.</summary>
internal sealed class ItemsSlice : Slice
{
    public override void AddTo(EngineBuilder engines)
    {
        if (engines.TryAddItems())
        {
            engines.Services.TryAddSingleton<DeadLetterErasure>();
            engines.Services.AddSingleton<ItemNews>();
            engines.Services.AddSingleton<IBatchHandler<UserCreated>, StoreUsersHandler>();
            engines.Services.AddSingleton<IBatchHandler<BaseItemCreated>, StoreBaseItemsHandler>();
            engines.Services.AddSingleton<IBatchHandler<ItemCreated>, StoreItemsHandler>();
            engines.Services.AddSingleton<IBatchHandler<ItemTransferred>, StoreTransfersHandler>();
            engines.Services.AddSingleton<IBatchHandler<ItemUserErased>, EraseUsersHandler>();
        }
    }
}
