using MassTransit;
using Microsoft.Extensions.Hosting;

namespace Infrastructure.Messaging.RabbitMq;

/// <summary>Notified by MassTransit's own hosted service when the bus starts and stops.</summary>
internal sealed class RabbitMqLifecycle(RabbitMqProbe probe, IHostApplicationLifetime application, TimeProvider time) : IBusObserver
{
    private static readonly TimeSpan StartPause = TimeSpan.FromMilliseconds(100);
    private readonly Lock gate = new();
    private readonly List<Func<Task>> endings = [];
    private volatile bool isRunning;

    /// <summary>Whether the bus has started and is not about to stop.</summary>
    public bool IsRunning => isRunning;

    /// <summary>Runs the action after the bus has stopped: nothing is delivered any more, and no consumer waits.</summary>
    public void AfterStop(Func<Task> end)
    {
        lock (gate)
        {
            endings.Add(end);
        }
    }

    /// <summary>
    /// Delays the start until the broker accepts a login: MassTransit gives up for good when a login is refused, although the user may
    /// be created later, and retries an unreachable broker only every half minute. The host does not wait for it.
    /// </summary>
    public async Task PreStart(IBus bus)
    {
        while (!probe.IsConnected)
        {
            await Task.Delay(StartPause, time, application.ApplicationStopping);
        }
    }

    public Task PostStart(IBus bus, Task<BusReady> busReady)
    {
        isRunning = true;
        return Task.CompletedTask;
    }

    public Task PreStop(IBus bus)
    {
        isRunning = false;
        return Task.CompletedTask;
    }

    public Task PostStop(IBus bus) => EndAsync();

    public Task StopFaulted(IBus bus, Exception exception) => EndAsync();

    public void PostCreate(IBus bus)
    {
    }

    public void CreateFaulted(Exception exception)
    {
    }

    public Task StartFaulted(IBus bus, Exception exception) => Task.CompletedTask;

    private async Task EndAsync()
    {
        List<Func<Task>> ending;
        lock (gate)
        {
            ending = [.. endings];
        }

        foreach (var end in ending)
        {
            await end();
        }
    }
}
