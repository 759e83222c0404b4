using Contracts.Schedules;
using Infrastructure.Hosting;
using Infrastructure.Schedules.Mongo;
using Infrastructure.Schedules.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Infrastructure.Schedules;

/// <summary>What schedules keep in the engines. They send nothing over the log: clients and the Runner act on the store.</summary>
public static class ScheduleEngines
{
    /// <summary>The slice's name, and its file's.</summary>
    public const string Name = "schedules";

    /// <summary>Adds it, once for all services of this process.</summary>
    public static EngineBuilder AddSchedules(this EngineBuilder engines)
    {
        ArgumentNullException.ThrowIfNull(engines);
        if (!engines.TryBegin(Name))
        {
            return engines;
        }

        engines.Services.AddOptions<ScheduleOptions>().BindSettings(ScheduleOptions.Section).ValidateDataAnnotations()
            .Validate(options => options.Ahead >= 5 * options.Interval, "Schedules:Ahead must be five times Schedules:Interval at least.")
            .ValidateOnStart();
        engines.Services.AddSingleton(ScheduleZones.Embedded);
        engines.Services.AddSingleton(provider => new SchedulePlanner(
            provider.GetRequiredService<ScheduleZones>(), provider.GetRequiredService<IOptions<ScheduleOptions>>().Value.Ahead));
        engines.Services.AddSingleton<ScheduleTimers>();
        engines.Services.AddSingleton<ScheduleOverlaps>();
        engines.Services.AddSingleton<ScheduleCalendars>();
        if (engines.Store == StoreEngine.MongoDb)
        {
            engines.Services.AddMongoSchedules();
        }
        else
        {
            engines.Services.AddSqliteSchedules();
        }

        return engines;
    }
}
