using Contracts.Sites;
using Infrastructure.Events;
using Infrastructure.Sites.Mongo;
using Infrastructure.Sites.Sqlite;

namespace Infrastructure.Sites;

/// <summary>What sites keep in the engines and send over them.</summary>
public static class SiteEngines
{
    /// <summary>Whether the engines can carry sites: events are counted by their positions, and RabbitMQ has none.</summary>
    public static bool CarriesSites(this EngineBuilder engines)
    {
        ArgumentNullException.ThrowIfNull(engines);
        return engines.Log != LogEngine.RabbitMq;
    }

    /// <summary>Adds it, once for all services of this process.</summary>
    /// <returns>False where the engines cannot carry sites.</returns>
    public static bool TryAddSites(this EngineBuilder engines)
    {
        if (!engines.CarriesSites())
        {
            return false;
        }

        if (!engines.TryBegin(SiteMessages.Topic))
        {
            return true;
        }

        engines.Services.AddEventOptions<SiteOptions>(SiteOptions.Section);
        if (engines.Store == StoreEngine.MongoDb)
        {
            engines.Services.AddMongoSites();
        }
        else
        {
            engines.Services.AddSqliteSites();
        }

        engines.AddMessages(SiteMessages.Received).AddMessages(SiteMessages.Erased).AddMessages(SiteMessages.SiteErased);
        engines.AddAnnouncements(SiteMessages.Recorded).AddAnnouncements(SiteMessages.Happened);
        return true;
    }
}
