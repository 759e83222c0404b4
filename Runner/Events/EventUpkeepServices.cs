using Infrastructure.Events;
using Infrastructure.Hosting;
using Microsoft.Extensions.Options;
using Quartz;

namespace Runner.Events;

/// <summary>Registers the jobs that every slice of events has.</summary>
internal static class EventUpkeepServices
{
    /// <summary>The services of a slice's upkeep; those that all slices share once.</summary>
    public static IServiceCollection AddEventUpkeep<TSlice>(this IServiceCollection services)
        where TSlice : class, IEventUpkeep
    {
        if (services.All(service => service.ServiceType != typeof(DriftFindings)))
        {
            services.AddSingleton<DriftFindings>().AddSingleton<EventMetrics>().AddSingleton<EventUpkeep>();
            services.AddWarningCheck<DriftReadiness>("rollups");
        }

        return services.AddSingleton<TSlice>();
    }

    /// <summary>Its jobs: the purge, and the comparison of its rollups with its raw events.</summary>
    public static void AddEventJobs<TSlice, TOptions>(this IQuartzBuilder quartz, string slice)
        where TSlice : class, IEventUpkeep
        where TOptions : EventOptions
    {
        quartz.ScheduleJob<PurgeEventsJob<TSlice>>((provider, trigger) => trigger
            .WithIdentity($"purge-{slice}").WithSimpleSchedule(OptionsOf<TOptions>(provider).PurgeInterval));
        quartz.ScheduleJob<CompareRollupsJob<TSlice>>((provider, trigger) => trigger
            .WithIdentity($"compare-{slice}").WithSimpleSchedule(OptionsOf<TOptions>(provider).CheckInterval));
    }

    private static TOptions OptionsOf<TOptions>(IServiceProvider provider)
        where TOptions : EventOptions => provider.GetRequiredService<IOptions<TOptions>>().Value;
}
