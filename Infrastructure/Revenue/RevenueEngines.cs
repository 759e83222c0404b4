using Contracts.Revenue;
using Infrastructure.Events;
using Infrastructure.Revenue.Mongo;
using Infrastructure.Revenue.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Infrastructure.Revenue;

/// <summary>What revenue keeps in the engines and sends over them.</summary>
public static class RevenueEngines
{
    /// <summary>Whether the engines can carry revenue: entries are counted by their positions, and RabbitMQ has none.</summary>
    public static bool CarriesRevenue(this EngineBuilder engines)
    {
        ArgumentNullException.ThrowIfNull(engines);
        return engines.Log != LogEngine.RabbitMq;
    }

    /// <summary>Adds it, once for all services of this process.</summary>
    /// <returns>False where the engines cannot carry revenue.</returns>
    public static bool TryAddRevenue(this EngineBuilder engines)
    {
        if (!engines.CarriesRevenue())
        {
            return false;
        }

        if (!engines.TryBegin(RevenueMessages.Topic))
        {
            return true;
        }

        engines.Services.AddEventOptions<RevenueOptions>(RevenueOptions.Section);
        if (engines.Store == StoreEngine.MongoDb)
        {
            engines.Services.AddMongoRevenue(KeepsArchive);
        }
        else
        {
            engines.Services.AddSqliteRevenue(KeepsArchive);
        }

        engines.AddMessages(RevenueMessages.Received).AddMessages(RevenueMessages.Adjusted).AddMessages(RevenueMessages.Erased);
        engines.AddAnnouncements(RevenueMessages.Changed);
        return true;

        static bool KeepsArchive(IServiceProvider provider) =>
            provider.GetRequiredService<IOptions<RevenueOptions>>().Value.Archive is not null;
    }
}
