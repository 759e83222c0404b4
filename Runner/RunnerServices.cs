using Infrastructure;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Quartz;
using Runner.Jobs;

namespace Runner;

/// <summary>The Runner: stored state in, webhooks out at the due instant; and the recurring work of all slices.</summary>
public static class RunnerServices
{
    /// <summary>Named, so that it has its own clock: the unnamed scheduler's clock would become everybody's.</summary>
    private const string Scheduler = "runner";

    /// <summary>Adds the slices and their shared services.</summary>
    public static EngineBuilder AddRunner(this EngineBuilder engines) => engines.AddRunner(RunnerSlices.All);

    internal static EngineBuilder AddRunner(this EngineBuilder engines, IReadOnlyList<RunnerSlice> slices)
    {
        var services = engines.Services;
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<StoreOutage>();
        foreach (var slice in slices)
        {
            slice.AddTo(engines);
        }

        services.AddQuartz(Scheduler, quartz =>
        {
            quartz.UseTimeProvider(new SteadyTime(TimeProvider.System));

            // With a backlog, one claim follows another: without this, a stop would wait until the whole backlog is sent.
            quartz.ConfigureScheduler(scheduler => scheduler.ShutdownJobInterruption = ShutdownJobInterruption.WhenWaitingForJobs);
            foreach (var slice in slices)
            {
                slice.AddJobs(engines, quartz);
            }
        });
        services.AddQuartzHostedService(options => options.WaitForJobsToComplete = true);
        return engines;
    }
}
