using System.Text.Json.Serialization.Metadata;
using Contracts.Messaging;
using Contracts.Timers;
using Infrastructure;
using Infrastructure.Timers;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Producer.Docs;
using Producer.Slices;

namespace Producer.Timers;

/// <summary>Timers over REST: creates, commands, reads, and the routes of the service that this platform grew from.</summary>
internal sealed class TimersSlice : ProducerSlice
{
    public override IJsonTypeInfoResolver Json => TimerResourcesJson.Default;

    public override ApiTexts Api { get; } = new TimerApiTexts();

    public override void AddTo(EngineBuilder engines)
    {
        engines.AddTimers();
        engines.Services.TryAddSingleton<IArmedTimers, NoArmedTimers>();
        engines.Services.TryAddSingleton<ITimerKeys, PlainKeys>();
        engines.Services.AddSingleton<IEventTracker, TimerTracker>();
        engines.Services.AddSingleton<TimerLive>();
        engines.Services.AddSingleton<WebhookValidator>().AddSingleton<IWebhookReader, WebhookReader>();
        engines.Services.AddSingleton<IMessageRules<TimerScheduled>, TimerMessageRules>();
        engines.Services
            .AddScheduleTimer()
            .AddListTimers()
            .AddChangeTimer()
            .AddReplayTimers()
            .AddSeedTimers();
    }

    public override void Map(IEndpointRouteBuilder app, ServedRequests serves)
    {
        var timers = app.MapGroup(TimerRoutes.Root).WithTags("Timers").ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        if (serves != ServedRequests.Reads)
        {
            timers.MapScheduleTimer();
            timers.MapScheduleTimerBatch();

            // A preview changes nothing, but it is for those who are to create timers.
            timers.MapPreviewTimer();
            timers.MapChangeTimer();
            timers.MapDeleteTimer();
            timers.MapCancelTimer();
            timers.MapPauseTimer();
            timers.MapResumeTimer();
            timers.MapFireTimer();
            timers.MapTouchTimer();
            timers.MapReplayTimer();
            timers.MapReplayTimers();
        }

        if (serves != ServedRequests.Writes)
        {
            timers.MapListTimers();
            timers.MapCountTimers();
            timers.MapWatchTimers();
            timers.MapGetTimer();
            timers.MapListAttempts();
        }

        app.MapSeedTimers(serves);
    }
}
