using Contracts.Schedules;
using Infrastructure.Hosting;
using Infrastructure.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Infrastructure.Schedules.Sqlite;

internal static class SqliteScheduleServices
{
    /// <summary>Adds the schedules in a file of the data folder.</summary>
    public static IServiceCollection AddSqliteSchedules(this IServiceCollection services)
    {
        services.AddSqliteFile(ScheduleEngines.Name, ScheduleSchema.Apply);
        services.AddSingleton<IScheduleStore>(provider =>
            new SqliteScheduleStore(provider.GetRequiredKeyedService<SqliteFile>(ScheduleEngines.Name)));
        services.AddSingleton<ICalendarStore>(provider =>
            new SqliteCalendarStore(provider.GetRequiredKeyedService<SqliteFile>(ScheduleEngines.Name)));

        // Timers are served without it, and it without them: neither may make the whole service unready.
        return services.AddWarningCheck(
            ScheduleEngines.Name, provider => new SqliteReadiness(provider.GetRequiredKeyedService<SqliteFile>(ScheduleEngines.Name)));
    }
}
