using Contracts.Timers;
using Infrastructure;
using Infrastructure.Hosting;
using Infrastructure.Timers;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Quartz;
using Runner.Jobs;
using Runner.Timers.Armed;
using Runner.Timers.Delivery;
using Runner.Timers.Due;
using Runner.Timers.Leases;
using Runner.Timers.Upkeep;

namespace Runner.Timers;

/// <summary>Claims the timers that fall due, sends them, and maintains what is stored.</summary>
internal sealed class TimersSlice : RunnerSlice
{
    private static readonly TimeSpan ReapInterval = TimeSpan.FromSeconds(1);

    public override void AddTo(EngineBuilder engines)
    {
        engines.AddTimers();
        var services = engines.Services;
        services.AddOptions<DueOptions>().BindSettings(DueOptions.Section).ValidateDataAnnotations()
            .Validate(o => o.MaxWindow >= o.Window, "Runner:Due:MaxWindow must not be shorter than Window.")
            .Validate(o => o.Window > o.Interval, "Runner:Due:Window must be longer than Interval, or timers are claimed late.")
            .ValidateOnStart();
        services.AddOptions<DeliveryOptions>().BindSettings(DeliveryOptions.Section).ValidateDataAnnotations()
            .Validate(o => o.MaxReturn >= o.MinReturn, "Runner:Delivery:MaxReturn must not be shorter than MinReturn.")
            .Validate(
                o => KeptResponses.AreTenants(o.DiscardResponses),
                "Runner:Delivery:DiscardResponses must be tenants' names, separated by commas, or *.")
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<UpkeepOptions>, UpkeepOptionsLimits>();
        services.AddOptions<UpkeepOptions>().BindSettings(UpkeepOptions.Section).ValidateDataAnnotations().ValidateOnStart();

        services.AddSingleton(new StartAhead(() => WarmUp.SendAsync(TimeProvider.System)));
        services.TryAddSingleton(Random.Shared);
        services.AddSingleton<RunnerMetrics>();
        services.AddSingleton<ArmedTimers>();
        services.AddSingleton<IArmedTimers>(provider => provider.GetRequiredService<ArmedTimers>());
        services.AddSingleton<LeftOutcomes>();
        services.AddSingleton<ClaimGate>();
        services.TryAddSingleton<Peers>();
        services.AddSingleton<ForeignShards>();
        services.AddDelivery();
        services.AddSingleton<PurgePass>();
        services.AddSingleton<ExpirePass>();
        services.AddSingleton<WakeUps>();
        services.AddSingleton<OverdueRest>();
        services.TryAddSingleton<IWakeUps>(provider => provider.GetRequiredService<WakeUps>());
        services.AddKeyedSingleton(Lane.OnTime, CreateClaimPass);
        services.AddKeyedSingleton(Lane.Overdue, CreateClaimPass);

        // Hosted services stop in the reverse order: claims first, then the dispatcher, what is in flight, the outcomes, the lease.
        services.AddSingleton<OutcomeKeeper>();
        services.AddSingleton<OutcomeRecorder>();
        if (services.HasPeers())
        {
            services.AddLease();
        }

        services.AddHostedService(provider => provider.GetRequiredService<OutcomeRecorder>());
        services.AddHostedService<RunnerLifetime>();
        services.AddHostedService<Dispatcher>();
        services.AddHostedService<WakeUpLoop>();
    }

    public override void AddJobs(EngineBuilder engines, IQuartzBuilder quartz)
    {
        AddJob<ClaimDueJob, DueOptions>(quartz, "claim-due", options => options.Interval);
        AddJob<ClaimOverdueJob, DueOptions>(quartz, "claim-overdue", options => options.Interval);
        AddJob<HandBackStuckJob, DueOptions>(quartz, "hand-back-stuck", options => options.Interval);
        AddJob<MaintainJob, UpkeepOptions>(quartz, "maintain", options => options.MaintainInterval);
        AddJob<ExpireJob, UpkeepOptions>(quartz, "expire", options => options.MaintainInterval);
        AddJob<PurgeJob, UpkeepOptions>(quartz, "purge", options => options.PurgeInterval);
        if (engines.Services.HasPeers())
        {
            quartz.ScheduleJob<ReapJob>((_, trigger) => trigger.WithIdentity("reap").WithSimpleSchedule(ReapInterval));
        }
    }

    private static void AddJob<TJob, TOptions>(IQuartzBuilder quartz, string name, Func<TOptions, TimeSpan> interval)
        where TJob : IJob
        where TOptions : class =>
        quartz.ScheduleJob<TJob>((provider, trigger) => trigger
            .WithIdentity(name).WithSimpleSchedule(interval(provider.GetRequiredService<IOptions<TOptions>>().Value)));

    private static ClaimPass CreateClaimPass(IServiceProvider provider, object? lane) =>
        ActivatorUtilities.CreateInstance<ClaimPass>(provider, (Lane)lane!);
}
