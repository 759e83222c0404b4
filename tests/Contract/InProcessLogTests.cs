using Contracts.Messaging;
using Contracts.Timers;
using Tests.Support;

namespace Tests.Contract;

public sealed class InProcessLogTests : EventPublisherContract
{
    private LogParts.EmbeddedLog log = null!;

    protected override async Task<IEventPublisher<TimerScheduled>> StartAsync(IBatchHandler<TimerScheduled> fed)
    {
        log = LogParts.Embedded(fed);
        await log.StartAsync(default);
        return log;
    }

    protected override async Task StopAsync()
    {
        await log.StopAsync(default);
        log.Dispose();
    }
}
