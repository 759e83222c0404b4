using Runner.Timers.Delivery;
using Runner.Timers.Armed;

namespace Runner.Timers.Due;

/// <summary>One thread that waits for the earliest timer and passes on due timers; no task, thread or trigger per timer.</summary>
internal sealed class Dispatcher(ArmedTimers armed, Destinations destinations) : IHostedService, IDisposable
{
    private readonly Lock gate = new();
    private readonly ManualResetEvent stopping = new(initialState: false);
    private Thread? thread;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Above normal: it does almost nothing, but at the right moment.
        thread = new Thread(Run) { IsBackground = true, Name = "Dispatcher", Priority = ThreadPriority.AboveNormal };
        thread.Start();
        return Task.CompletedTask;
    }

    /// <summary>From here on nothing more is started; requests in flight continue.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        // A host that embeds this program may stop it a second time, after everything was disposed.
        lock (gate)
        {
            if (thread is not null)
            {
                stopping.Set();
                thread.Join();
                thread = null;
            }
        }

        return Task.CompletedTask;
    }

    public void Dispose() => stopping.Dispose();

    private void Run()
    {
        var due = new List<ArmedTimer>();
        WaitHandle[] signals = [stopping, armed.Changed];
        while (true)
        {
            var wait = armed.TakeDue(due);
            foreach (var timer in due)
            {
                destinations.Enqueue(timer);
            }

            due.Clear();
            if (wait is { } rest && rest < TimeSpan.FromMilliseconds(1))
            {
                // Waits have millisecond resolution; the rest is slept to the microsecond.
                PreciseSleep.For(rest);
                continue;
            }

            var signal = wait is { } longer ? WaitHandle.WaitAny(signals, (int)Math.Min(longer.TotalMilliseconds, 60_000))
                : WaitHandle.WaitAny(signals);
            if (signal == 0)
            {
                return;
            }
        }
    }
}
