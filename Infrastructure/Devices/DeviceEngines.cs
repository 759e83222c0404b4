using Contracts.Devices;
using Infrastructure.Devices.Mongo;
using Infrastructure.Devices.Sqlite;
using Infrastructure.Events;
using Infrastructure.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Infrastructure.Devices;

/// <summary>What devices keep in the engines and send over them.</summary>
public static class DeviceEngines
{
    /// <summary>Whether the engines can carry devices: readings are counted by their positions, and RabbitMQ has none.</summary>
    public static bool CarriesDevices(this EngineBuilder engines)
    {
        ArgumentNullException.ThrowIfNull(engines);
        return engines.Log != LogEngine.RabbitMq;
    }

    /// <summary>Adds it, once for all services of this process.</summary>
    /// <returns>False where the engines cannot carry devices.</returns>
    public static bool TryAddDevices(this EngineBuilder engines)
    {
        if (!engines.CarriesDevices())
        {
            return false;
        }

        if (!engines.TryBegin(DeviceMessages.Topic))
        {
            return true;
        }

        engines.Services.AddEventOptions<DeviceOptions>(DeviceOptions.Section);
        if (engines.Store == StoreEngine.MongoDb)
        {
            engines.Services.AddMongoDevices();
        }
        else
        {
            engines.Services.AddSqliteDevices();
        }

        if (engines.Has(ServiceRoles.Producer | ServiceRoles.Runner))
        {
            engines.Services.AddSingleton<DeviceSecrets>();
        }

        engines.AddMessages(DeviceMessages.Received).AddMessages(DeviceMessages.Adjusted).AddMessages(DeviceMessages.Erased);
        engines.AddAnnouncements(DeviceMessages.Recorded).AddAnnouncements(DeviceMessages.Happened);
        return true;
    }
}
