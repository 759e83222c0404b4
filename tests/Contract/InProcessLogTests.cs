using Contracts.Messaging;
using Contracts.Timers;
using Infrastructure.Messaging;

namespace Tests.Contract;

public sealed class InProcessLogTests : EventPublisherContract
{
    private InProcessLog<TimerScheduled> log = null!;

    protected override async Task<IEventPublisher<TimerScheduled>> StartAsync(IBatchHandler<TimerScheduled> fed)
    {
        log = new InProcessLog<TimerScheduled>(fed);
        await log.StartAsync(default);
        return log;
    }

    protected override async Task StopAsync()
    {
        await log.StopAsync(default);
        log.Dispose();
    }
}
