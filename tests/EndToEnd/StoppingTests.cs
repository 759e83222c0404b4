using System.Net;
using System.Net.Sockets;
using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>Stopping on purpose: nothing lost, nothing repeated, nothing left behind.</summary>
[Category(FaultReport.Category)]
[Parallelizable]
public sealed class StoppingTests
{
    private const int Interrupt = 2;
    private const int Terminate = 15;
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(90);

    [Test]
    public async Task Sigterm_in_the_middle_of_2000_timers_loses_nothing_and_repeats_nothing()
    {
        await using var receiver = await Receiver.StartAsync(_ => Task.Delay(20));
        await using var standalone = await StandaloneProcess.StartNewAsync();
        var journal = new Journal(standalone.Http);
        var due = TimeProvider.System.GetUtcNow().AddSeconds(1);
        await journal.CreateBatchAsync(2_000, i => new { url = receiver.At("/hook"), dueAt = due.AddMilliseconds(i * 3) });

        // Most are due later than all that is loaded and under way.
        await Eventually.That(() => receiver.Count > 500, TimeSpan.FromSeconds(30), "a quarter has arrived");
        var stoppedAt = TimeProvider.System.GetUtcNow();
        await standalone.TerminateAsync();
        Assert.That(standalone.ExitCode, Is.Zero, standalone.Output);
        var before = receiver.Count;
        Assert.That(before, Is.LessThan(2_000), "it was stopped in the middle");
        await standalone.StartAsync();
        var restart = new Fault("restart", stoppedAt, TimeProvider.System.GetUtcNow(), Doubt.Nothing);

        await standalone.Http.AllFinishedAsync(2_000);
        FaultReport.Check("(14) SIGTERM in the middle", "embedded", 1, journal.Evidence(receiver, restart));
        Assert.That(receiver.Count, Is.EqualTo(2_000));
    }

    [Test]
    public async Task Three_restarts_under_creates_cancels_and_moves_lose_nothing_and_repeat_nothing()
    {
        const int Restarts = 3;
        await using var receiver = await Receiver.StartAsync(Clients.AnswerAsync);
        await using var standalone = await StandaloneProcess.StartNewAsync();
        var journal = new Journal(standalone.Http);
        var restarts = new List<Fault>();
        await Clients.DuringAsync(journal, receiver, async () =>
        {
            for (var i = 0; i < Restarts; i++)
            {
                var owed = journal.Count + 200;
                await Eventually.That(() => journal.Count >= owed, MaxWait, "creates flow");
                var stoppedAt = TimeProvider.System.GetUtcNow();
                await standalone.TerminateAsync();
                Assert.That(standalone.ExitCode, Is.Zero, standalone.Output);
                await standalone.StartAsync();
                restarts.Add(new Fault("restart", stoppedAt, TimeProvider.System.GetUtcNow(), Doubt.Nothing));
            }

            return journal.Count;
        });

        await journal.DeliveredAsync(receiver, MaxWait);
        await Clients.EndedAsync(journal, receiver, standalone.Http, MaxWait);

        // Late by the restarts at most; nothing excuses a repetition.
        FaultReport.Check("(14) SIGTERM under creates, cancels and moves", "embedded", Restarts, journal.Evidence(receiver, [.. restarts]));
    }

    [Test]
    public async Task A_client_that_sends_slowly_does_not_take_the_time_for_stopping()
    {
        await using var standalone = await StandaloneProcess.StartNewAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, standalone.Http.BaseAddress!.Port);
        await using var request = client.GetStream();
        await request.WriteAsync(
            "POST /api/v1/timers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"u8.ToArray());
        await client.GetStream().WriteAsync("Content-Length: 1000000\r\n\r\n"u8.ToArray());
        using var ended = new CancellationTokenSource();
        var sending = Task.Run(async () =>
        {
            // Faster than the server's lowest rate.
            while (!ended.IsCancellationRequested)
            {
                await request.WriteAsync(new byte[500]);
                await Task.Delay(TimeSpan.FromMilliseconds(500));
            }
        });

        standalone.Signal(Terminate);
        await standalone.ExitedAsync();
        await ended.CancelAsync();

        Assert.That(standalone.ExitCode, Is.Zero, standalone.Output);
        await sending.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    [Test]
    public async Task A_file_that_is_no_database_does_not_start_it_and_is_named()
    {
        await using var standalone = new StandaloneProcess();
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(standalone.Folder, "data")).FullName, "timers.db");
        await File.WriteAllBytesAsync(file, [.. Enumerable.Repeat((byte)'x', 8_192)]);

        await standalone.StartAsync(wait: false);

        await standalone.ExitedAsync();
        Assert.That(standalone.ExitCode, Is.EqualTo(2), standalone.Output);
        Assert.That(standalone.Output, Does.Contain(file).And.Not.Contain("   at "));
    }

    [Test]
    public async Task Ctrl_c_ends_it_with_zero()
    {
        // A background job of a shell has SIGINT ignored, and so would have what it starts.
        await using var standalone = new StandaloneProcess();
        await standalone.StartAsync(wait: true, "env", "--default-signal=INT");

        standalone.Signal(Interrupt);

        await standalone.ExitedAsync();
        Assert.That(standalone.ExitCode, Is.Zero, standalone.Output);
        Assert.That(standalone.Output, Does.Not.Contain("xception"));
    }

    [Test]
    public async Task Sigterm_while_it_starts_ends_it_without_an_exception([Values(200, 300, 400, 500, 600)] int milliseconds)
    {
        await using var standalone = new StandaloneProcess();
        await standalone.StartAsync(wait: false);
        await Task.Delay(milliseconds);

        standalone.Signal(Terminate);

        // By the runtime, where nobody listened for the signal yet.
        await standalone.ExitedAsync();
        Assert.That(standalone.ExitCode, Is.AnyOf(0, 128 + Terminate), standalone.Output);
        Assert.That(standalone.Output, Does.Not.Contain("xception"));
    }

    [Test]
    public async Task Timers_survive_a_restart_with_all_that_is_known_of_them()
    {
        await using var standalone = await StandaloneProcess.StartNewAsync();
        var id = await standalone.Http.CreateAsync(
            new { url = "http://127.0.0.1:2/hook", delay = "PT1H", tags = new[] { "kept" }, metadata = new { a = 1 } });
        var before = await standalone.Http.TimerAsync(id);

        await standalone.TerminateAsync();
        await standalone.StartAsync();

        var after = await standalone.Http.TimerAsync(id);
        Assert.That(after.GetProperty("dueAt").GetString(), Is.EqualTo(before.GetProperty("dueAt").GetString()));
        Assert.That(after.GetProperty("metadata").GetRawText(), Is.EqualTo("{\"a\":1}"));
        Assert.That(after.GetProperty("tags")[0].GetString(), Is.EqualTo("kept"));
    }

    [Test]
    public async Task In_memory_leaves_no_file()
    {
        await using var standalone = await StandaloneProcess.StartNewAsync("--in-memory");
        await standalone.Http.CreateAsync(new { url = "http://127.0.0.1:2/hook", delay = "PT1H" });

        await standalone.TerminateAsync();

        Assert.That(Directory.GetFileSystemEntries(standalone.Folder), Is.Empty);
    }

    [Test]
    public async Task A_second_process_on_the_same_data_does_not_start_and_says_why()
    {
        await using var first = await StandaloneProcess.StartNewAsync();
        await using var second = new StandaloneProcess("--Storage:Path", Path.Combine(first.Folder, "data"));

        await second.StartAsync(wait: false);

        await second.ExitedAsync();
        Assert.That(second.ExitCode, Is.EqualTo(2));
        Assert.That(second.Output, Does.Contain("another process holds it").And.Not.Contain("   at "));
    }

    [TestCase("--Runner:Due:Window", "abc", "Window")]
    [TestCase("--Runner:Due:Capacity", "1", "Capacity")]
    [TestCase("--Producer:Timers:Deadline", "05:00:00", "Producer:Timers:Deadline")]
    [TestCase("--Logging:LogLevel:Default", "Foo", "Logging:LogLevel")]
    [TestCase("--OTEL_EXPORTER_OTLP_ENDPOINT", "nonsense", "OTEL_EXPORTER_OTLP_ENDPOINT")]
    [TestCase("--urls", "http://127.0.0.1:99999", "--urls")]
    public async Task A_wrong_setting_does_not_start_it_and_is_named(string setting, string value, string named)
    {
        await using var standalone = new StandaloneProcess(setting, value);

        await standalone.StartAsync(wait: false);

        await standalone.ExitedAsync();
        Assert.That(standalone.ExitCode, Is.EqualTo(2), standalone.Output);
        Assert.That(standalone.Output, Does.Contain(named).And.Not.Contain("   at "));
    }
}
