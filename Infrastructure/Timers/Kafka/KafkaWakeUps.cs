using System.Globalization;
using System.Text;
using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Messaging.Kafka;
using Infrastructure.Timers.Common;
using Microsoft.Extensions.Options;

namespace Infrastructure.Timers.Kafka;

/// <summary>Tells the Runners of timers that fall due soon: a shard's wake-ups go to the partition of its number.</summary>
internal sealed class KafkaWakeUps(
    KafkaProducer producer, KafkaProbe probe, IStoreClock clock, IOptions<KafkaOptions> options, TimeProvider time)
    : CoalescedWakeUps(clock, time, Shard.Count)
{
    private readonly string topic = options.Value.Prefixed(KafkaTimerServices.WakeUps);

    /// <inheritdoc />
    protected override void Send(int slot, DateTimeOffset instant)
    {
        if (probe.IsReachable && slot < probe.PartitionsOf(topic))
        {
            _ = SendAsync(slot, Encoding.ASCII.GetBytes(instant.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)));
        }
    }

    private async Task SendAsync(int shard, byte[] instant)
    {
        try
        {
            await producer.SendAsync([new KafkaMessage(topic, shard, Key: null, instant, Headers: null)], CancellationToken.None);
        }
        catch (LogUnavailableException)
        {
            // A hint: the Runner's next poll finds the timer.
        }
    }
}
