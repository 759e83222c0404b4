using Contracts.Messaging;
using Contracts.Storage;
using Infrastructure.Messaging.RabbitMq;
using Infrastructure.Timers.Common;
using Microsoft.Extensions.Options;

namespace Infrastructure.Timers.RabbitMq;

/// <summary>Tells all Runners of timers that fall due soon; the one that leads claims them.</summary>
internal sealed class RabbitMqWakeUps(RabbitMqBus bus, IStoreClock clock, IOptions<RabbitMqOptions> options, TimeProvider time)
    : CoalescedWakeUps(clock, time, slots: 1)
{
    private readonly Uri exchange = new($"exchange:{options.Value.Prefixed(RabbitMqTimerServices.WakeUps)}");

    /// <inheritdoc />
    protected override void Send(int slot, DateTimeOffset instant) => _ = SendAsync(new RabbitMqWakeUp { Instant = instant });

    private async Task SendAsync(RabbitMqWakeUp wakeUp)
    {
        try
        {
            await bus.SendAsync(exchange, [wakeUp], isDurable: false, CancellationToken.None);
        }
        catch (LogUnavailableException)
        {
            // A hint: the Runner's next poll finds the timer.
        }
    }
}
