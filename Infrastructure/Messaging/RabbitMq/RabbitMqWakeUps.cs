using Contracts.Messaging;
using Contracts.Storage;
using Infrastructure.Timers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Infrastructure.Messaging.RabbitMq;

/// <summary>Tells all Runners of timers that fall due soon; the one that leads claims them.</summary>
internal sealed class RabbitMqWakeUps(IServiceProvider services, IStoreClock clock, IOptions<RabbitMqOptions> options, TimeProvider time)
    : CoalescedWakeUps(clock, time, slots: 1)
{
    // Not injected: the bus is made with its consumers, and a consumer's handler wakes Runners.
    private readonly Lazy<RabbitMqBus> bus = new(services.GetRequiredService<RabbitMqBus>);
    private readonly Uri exchange = new($"exchange:{options.Value.Prefixed(RabbitMqOptions.WakeUps)}");

    /// <inheritdoc />
    protected override void Send(int slot, DateTimeOffset instant) => _ = SendAsync(new RabbitMqWakeUp { Instant = instant });

    private async Task SendAsync(RabbitMqWakeUp wakeUp)
    {
        try
        {
            await bus.Value.SendAsync(exchange, [wakeUp], isDurable: false, CancellationToken.None);
        }
        catch (LogUnavailableException)
        {
            // A hint: the Runner's next look finds the timer.
        }
    }
}
