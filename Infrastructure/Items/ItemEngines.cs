using Contracts.Items;
using Infrastructure.Events;
using Infrastructure.Items.Mongo;
using Infrastructure.Items.Sqlite;

namespace Infrastructure.Items;

/// <summary>What items keep in the engines and send over them.</summary>
public static class ItemEngines
{
    /// <summary>Whether the engines can carry items: they are counted by their positions, and RabbitMQ has none.</summary>
    public static bool CarriesItems(this EngineBuilder engines)
    {
        ArgumentNullException.ThrowIfNull(engines);
        return engines.Log != LogEngine.RabbitMq;
    }

    /// <summary>Adds them, once for all services of this process.</summary>
    /// <returns>False where the engines cannot carry items.</returns>
    public static bool TryAddItems(this EngineBuilder engines)
    {
        if (!engines.CarriesItems())
        {
            return false;
        }

        if (!engines.TryBegin(ItemMessages.Topic))
        {
            return true;
        }

        engines.Services.AddEventOptions<ItemOptions>(ItemOptions.Section);
        if (engines.Store == StoreEngine.MongoDb)
        {
            engines.Services.AddMongoItems();
        }
        else
        {
            engines.Services.AddSqliteItems();
        }

        engines.AddMessages(ItemMessages.UserCreated).AddMessages(ItemMessages.BaseItemCreated).AddMessages(ItemMessages.ItemCreated)
            .AddMessages(ItemMessages.ItemTransferred).AddMessages(ItemMessages.UserErased);
        engines.AddAnnouncements(ItemMessages.Happened);
        return true;
    }
}
