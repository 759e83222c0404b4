using Contracts.Timers;
using Infrastructure.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Quartz;
using Runner.Delivery;
using Runner.Due;
using Runner.Leases;
using Runner.Upkeep;

namespace Runner;

/// <summary>The Runner: stored state in, webhooks out at the due instant.</summary>
public static class RunnerServices
{
    /// <summary>Named, so that its clock is its own: the unnamed scheduler's would become everybody's.</summary>
    private const string Scheduler = "runner";

    private static readonly TimeSpan ReapInterval = TimeSpan.FromSeconds(1);

    /// <summary>Adds claiming, sending and upkeep. To be called after the engines were added.</summary>
    public static IServiceCollection AddRunner(this IServiceCollection services)
    {
        services.AddOptions<DueOptions>().BindSettings(DueOptions.Section).ValidateDataAnnotations()
            .Validate(o => o.LargestWindow >= o.Window, "Runner:Due:LargestWindow must not be shorter than Window.")
            .Validate(o => o.Window > o.Interval, "Runner:Due:Window must be longer than Interval, or timers are claimed late.")
            .ValidateOnStart();
        services.AddOptions<DeliveryOptions>().BindSettings(DeliveryOptions.Section).ValidateDataAnnotations()
            .Validate(o => o.LongestReturn >= o.ShortestReturn, "Runner:Delivery:LongestReturn must not be shorter than ShortestReturn.")
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<UpkeepOptions>, UpkeepOptionsLimits>();
        services.AddOptions<UpkeepOptions>().BindSettings(UpkeepOptions.Section).ValidateDataAnnotations().ValidateOnStart();

        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Random.Shared);
        services.AddSingleton<RunnerMetrics>();
        services.AddSingleton<StoreOutage>();
        services.AddSingleton<ArmedTimers>();
        services.AddSingleton<IArmedTimers>(provider => provider.GetRequiredService<ArmedTimers>());
        services.AddSingleton<ClaimGate>();
        services.TryAddSingleton<Peers>();
        services.AddSingleton<ForeignShards>();
        services.AddSingleton<WebhookExchange>();
        services.AddSingleton<Verdict>();
        services.AddSingleton<WebhookSender>();
        services.AddSingleton<Destinations>();
        services.AddSingleton<PurgePass>();
        services.AddSingleton<WakeUps>();
        services.TryAddSingleton<IWakeUps>(provider => provider.GetRequiredService<WakeUps>());
        services.AddKeyedSingleton(Lane.OnTime, CreateClaimPass);
        services.AddKeyedSingleton(Lane.Overdue, CreateClaimPass);

        // Hosted services stop in the reverse order: claims first, then the dispatcher, what is in flight, the outcomes, the lease.
        services.AddSingleton<OutcomeRecorder>();
        if (services.HasPeers())
        {
            services.AddLease();
        }

        services.AddHostedService(provider => provider.GetRequiredService<OutcomeRecorder>());
        services.AddHostedService<RunnerLifetime>();
        services.AddHostedService<Dispatcher>();
        services.AddHostedService<WakeUpLoop>();
        return services.AddJobs(services.HasPeers());
    }

    private static ClaimPass CreateClaimPass(IServiceProvider provider, object? lane) =>
        ActivatorUtilities.CreateInstance<ClaimPass>(provider, (Lane)lane!);

    private static IServiceCollection AddJobs(this IServiceCollection services, bool hasPeers)
    {
        services.AddQuartz(Scheduler, quartz =>
        {
            quartz.UseTimeProvider(new SteadyTime(TimeProvider.System));

            // A backlog makes one claim follow another: without this a stop would wait until all of it is sent.
            quartz.ConfigureScheduler(scheduler => scheduler.ShutdownJobInterruption = ShutdownJobInterruption.WhenWaitingForJobs);
            quartz.ScheduleJob<ClaimDueJob>((provider, trigger) => trigger
                .WithIdentity("claim-due").WithSimpleSchedule(provider.GetRequiredService<IOptions<DueOptions>>().Value.Interval));
            quartz.ScheduleJob<ClaimOverdueJob>((provider, trigger) => trigger
                .WithIdentity("claim-overdue").WithSimpleSchedule(provider.GetRequiredService<IOptions<DueOptions>>().Value.Interval));
            quartz.ScheduleJob<HandBackStuckJob>((provider, trigger) => trigger
                .WithIdentity("hand-back-stuck").WithSimpleSchedule(provider.GetRequiredService<IOptions<DueOptions>>().Value.Interval));
            quartz.ScheduleJob<MaintainJob>((provider, trigger) => trigger
                .WithIdentity("maintain").WithSimpleSchedule(provider.GetRequiredService<IOptions<UpkeepOptions>>().Value.MaintainInterval));
            quartz.ScheduleJob<PurgeJob>((provider, trigger) => trigger
                .WithIdentity("purge").WithSimpleSchedule(provider.GetRequiredService<IOptions<UpkeepOptions>>().Value.PurgeInterval));
            if (hasPeers)
            {
                quartz.ScheduleJob<ReapJob>((_, trigger) => trigger.WithIdentity("reap").WithSimpleSchedule(ReapInterval));
            }
        });
        services.AddQuartzHostedService(options => options.WaitForJobsToComplete = true);
        return services;
    }
}
