using Infrastructure;
using Infrastructure.Schedules;
using Microsoft.Extensions.Options;
using Quartz;
using Runner.Jobs;

namespace Runner.Schedules;

/// <summary>Makes the runs of schedules into timers.</summary>
internal sealed class SchedulesSlice : RunnerSlice
{
    public override void AddTo(EngineBuilder engines)
    {
        engines.AddSchedules();
        engines.Services.AddSingleton<ScheduleMetrics>();
        engines.Services.AddSingleton<SchedulePass>();
        engines.Services.AddSingleton<CalendarPass>();
    }

    public override void AddJobs(EngineBuilder engines, IQuartzBuilder quartz)
    {
        quartz.ScheduleJob<MakeRunsJob>((provider, trigger) => trigger
            .WithIdentity("make-runs")
            .WithSimpleSchedule(provider.GetRequiredService<IOptions<ScheduleOptions>>().Value.Interval));
        quartz.ScheduleJob<TellSchedulesJob>((provider, trigger) => trigger
            .WithIdentity("tell-schedules")
            .WithSimpleSchedule(provider.GetRequiredService<IOptions<ScheduleOptions>>().Value.Interval));
    }
}
