using Contracts.Messaging;
using Contracts.Timers;
using Microsoft.Extensions.Options;

namespace Infrastructure.Messaging.RabbitMq;

/// <summary>Tells all Runners of timers that fall due soon; the one that leads claims them.</summary>
internal sealed class RabbitMqWakeUps(RabbitMqBus bus, IStoreClock clock, IOptions<RabbitMqOptions> options, TimeProvider time)
    : GatheredWakeUps(clock, time, slots: 1)
{
    private readonly Uri exchange = new($"exchange:{options.Value.Prefixed(RabbitMqOptions.WakeUps)}");

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
