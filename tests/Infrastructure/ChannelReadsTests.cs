using System.Threading.Channels;
using Infrastructure.Messaging;

namespace Tests.Infrastructure;

public sealed class ChannelReadsTests
{
    [Test]
    public async Task GatherAsync_takes_what_is_there_and_no_more_than_enough()
    {
        var channel = Channel.CreateUnbounded<int>();
        foreach (var i in Enumerable.Range(0, 5))
        {
            channel.Writer.TryWrite(i);
        }

        var batch = new List<int>();
        await channel.Reader.ReadBatchAsync(batch, enough: 3, default);
        var first = batch.ToList();
        channel.Writer.Complete();
        await channel.Reader.ReadBatchAsync(batch, enough: 100, default);

        Assert.That(first, Is.EqualTo(new[] { 0, 1, 2 }));
        Assert.That(batch, Is.EqualTo(new[] { 0, 1, 2, 3, 4 }));
    }

    /// <summary>Time is up at the moment when the wait begins, more or less: a processor of its own sees to that.</summary>
    [Test]
    public async Task GatherAsync_loses_nothing_whenever_time_is_up()
    {
        const int Rounds = 200_000;
        var channel = Channel.CreateUnbounded<int>(new UnboundedChannelOptions { SingleReader = true });
        CancellationTokenSource? waiting = null;
        var ended = false;
        var clock = Task.Factory.StartNew(
            () =>
            {
                while (!Volatile.Read(ref ended))
                {
                    if (Interlocked.Exchange(ref waiting, null) is { } time)
                    {
                        Thread.SpinWait(Random.Shared.Next(8));
                        time.Cancel();
                    }
                }
            },
            default, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        var batch = new List<int>();
        var written = 0;
        for (var round = 0; round < Rounds; round++)
        {
            using var time = new CancellationTokenSource();
            Volatile.Write(ref waiting, time);
            Thread.SpinWait(Random.Shared.Next(8));
            await channel.Reader.ReadBatchAsync(batch, int.MaxValue, time.Token);
            if (round % 4 == 0)
            {
                channel.Writer.TryWrite(written++);
            }
        }

        Volatile.Write(ref ended, true);
        await clock;
        channel.Writer.Complete();
        await channel.Reader.ReadBatchAsync(batch, int.MaxValue, default);
        Assert.That(batch, Is.EqualTo(Enumerable.Range(0, written)));
    }
}
