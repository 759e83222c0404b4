using Contracts.Messaging;
using Contracts.Timers;
using Infrastructure;
using Infrastructure.Timers;

namespace Consumer.Timers;

/// <summary>Stores what the Producer has accepted.</summary>
internal sealed class TimersSlice : Slice
{
    public override void AddTo(EngineBuilder engines)
    {
        engines.AddTimers();
        engines.Services.AddSingleton<IBatchHandler<TimerScheduled>, StoreTimersHandler>();
    }
}
