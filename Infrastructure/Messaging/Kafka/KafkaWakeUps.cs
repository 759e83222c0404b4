using System.Globalization;
using System.Text;
using Contracts.Messaging;
using Contracts.Timers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Infrastructure.Messaging.Kafka;

/// <summary>Tells the Runners of timers that fall due soon: at most one message per shard every few milliseconds.</summary>
internal sealed class KafkaWakeUps(KafkaProducer producer, IStoreClock clock, IOptions<KafkaOptions> options, TimeProvider time)
    : BackgroundService, IWakeUps
{
    /// <summary>What falls due later is found by a Runner's regular look.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(5);
    private readonly string topic = options.Value.Prefixed(KafkaOptions.WakeUps);

    /// <summary>The earliest instant per shard, in milliseconds since 1970; what nobody notified of is <see cref="long.MaxValue"/>.</summary>
    private readonly long[] earliest = [.. Enumerable.Repeat(long.MaxValue, Shard.Count)];
    private readonly SemaphoreSlim dirty = new(0);
    private int pending;

    /// <inheritdoc />
    public void Notify(Guid timer, DateTimeOffset dueAt)
    {
        if (dueAt > clock.Now + Soon)
        {
            return;
        }

        var instant = Math.Max(0, dueAt.ToUnixTimeMilliseconds());
        ref var slot = ref earliest[Shard.Of(timer)];
        var seen = Volatile.Read(ref slot);
        while (instant < seen)
        {
            var before = Interlocked.CompareExchange(ref slot, instant, seen);
            if (before == seen)
            {
                break;
            }

            seen = before;
        }

        if (Interlocked.Exchange(ref pending, 1) == 0)
        {
            dirty.Release();
        }
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        dirty.Dispose();
        base.Dispose();
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await dirty.WaitAsync(stoppingToken);
            Volatile.Write(ref pending, 0);
            Flush();
            await Task.Delay(Gathering, time, stoppingToken);
        }
    }

    private void Flush()
    {
        for (var shard = 0; shard < earliest.Length; shard++)
        {
            var instant = Interlocked.Exchange(ref earliest[shard], long.MaxValue);
            if (instant != long.MaxValue && producer.IsReachable && shard < producer.PartitionsOf(topic))
            {
                _ = SendAsync(shard, Encoding.ASCII.GetBytes(instant.ToString(CultureInfo.InvariantCulture)));
            }
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
            // A hint: the Runner's next look finds the timer.
        }
    }
}
