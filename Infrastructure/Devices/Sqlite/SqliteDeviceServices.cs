using Contracts.Devices;
using Infrastructure.Hosting;
using Infrastructure.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Infrastructure.Devices.Sqlite;

internal static class SqliteDeviceServices
{
    /// <summary>Adds the devices in a file of the data folder.</summary>
    public static IServiceCollection AddSqliteDevices(this IServiceCollection services)
    {
        services.AddSqliteFile(DeviceMessages.Topic, DeviceSchema.Apply, SqliteTuning.ManySmallRows);
        services.AddSingleton<IDeviceStore>(provider =>
            new SqliteDeviceStore(provider.GetRequiredKeyedService<SqliteFile>(DeviceMessages.Topic)));

        // Timers are served without it, and it without them: neither may make the whole service unready.
        return services.AddWarningCheck(
            DeviceMessages.Topic, provider => new SqliteReadiness(provider.GetRequiredKeyedService<SqliteFile>(DeviceMessages.Topic)));
    }
}
