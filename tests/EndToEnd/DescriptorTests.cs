using System.Net;
using System.Net.Sockets;
using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>With 1,024 file descriptors nobody from outside can take so many of them that the process ends or stands still.</summary>
[Parallelizable]
[Category(FaultReport.Category)]
public sealed class DescriptorTests
{
    private const int Names = 30;
    private const int PerName = 300;
    private const int Others = 200;
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);
    private static readonly string[] Limited = ["sh", "-c", "ulimit -n 1024 && exec \"$@\"", "sh"];

    [Test]
    public async Task Many_names_of_one_hanging_receiver_neither_end_the_process_nor_stop_others()
    {
        await using var hanging = await Receiver.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await using var healthy = await Receiver.StartAsync();
        await using var standalone = new StandaloneProcess();
        await standalone.StartAsync(wait: true, Limited);
        var journal = new Journal(standalone.Http);
        await journal.CreateBatchAsync(
            Names * PerName,
            i => new { url = $"http://h{i % Names}.localhost:{hanging.Url.Port}/hook", delay = "PT1S", retry = new { attempts = 1 } });
        await Eventually.That(() => hanging.Count > 100, MaxWait, "the receiver hangs");

        var due = TimeProvider.System.GetUtcNow().AddSeconds(1);
        await journal.CreateBatchAsync(Others, i => new { url = healthy.At("/hook"), dueAt = due.AddMilliseconds(i * 10) });

        await Eventually.That(
            () => healthy.Count == Others, MaxWait, () => $"the others are sent, {healthy.Count} are\n{standalone.Output}");
        Assert.That(standalone.HasExited, Is.False, standalone.Output);
        Assert.That(hanging.Count, Is.LessThanOrEqualTo(384), "requests under way are bounded");
        Assert.That(standalone.Output, Does.Not.Contain("defect"));
    }

    [Test]
    public async Task A_thousand_idle_connections_neither_end_the_process_nor_keep_timers_from_firing()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var standalone = new StandaloneProcess();
        await standalone.StartAsync(wait: true, Limited);
        var journal = new Journal(standalone.Http);
        var due = TimeProvider.System.GetUtcNow().AddSeconds(3);
        await journal.CreateBatchAsync(Others, i => new { url = receiver.At("/hook"), dueAt = due.AddMilliseconds(i * 10) });
        var idle = new List<Socket>();
        try
        {
            for (var i = 0; i < 1_000; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                idle.Add(socket);
                await socket.ConnectAsync(IPAddress.Loopback, standalone.Http.BaseAddress!.Port);
            }

            await Eventually.That(
                () => receiver.Count == Others, MaxWait, () => $"all are sent, {receiver.Count} are\n{standalone.Output}");
            Assert.That(standalone.HasExited, Is.False, standalone.Output);
        }
        finally
        {
            idle.ForEach(socket => socket.Dispose());
        }

        await standalone.ReadyAsync();
    }
}
