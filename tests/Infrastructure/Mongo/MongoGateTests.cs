using Contracts.Storage;
using Infrastructure.Storage.Mongo;

namespace Tests.Infrastructure.Mongo;

[Parallelizable]
public sealed class MongoGateTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Test]
    public async Task The_Runners_work_goes_before_clients_that_wait_longer()
    {
        var gate = new MongoGate(1, Long, TimeProvider.System);
        await gate.EnterAsync(MongoLane.Clients, default);
        var client = gate.EnterAsync(MongoLane.Clients, default);
        var runner = gate.EnterAsync(MongoLane.Runner, default);

        gate.Leave();
        await runner;

        Assert.That(client.IsCompleted, Is.False);
        gate.Leave();
        await client;
    }

    [Test]
    public async Task As_much_runs_at_once_as_there_are_places()
    {
        var gate = new MongoGate(2, Long, TimeProvider.System);
        await gate.EnterAsync(MongoLane.Clients, default);
        await gate.EnterAsync(MongoLane.Clients, default);
        var third = gate.EnterAsync(MongoLane.Clients, default);

        Assert.That(third.IsCompleted, Is.False);
        gate.Leave();
        await third;
    }

    [Test]
    public async Task Who_waits_too_long_is_refused_and_takes_no_place()
    {
        var gate = new MongoGate(1, TimeSpan.FromMilliseconds(20), TimeProvider.System);
        await gate.EnterAsync(MongoLane.Clients, default);

        await AssertRefusedAsync(gate.EnterAsync(MongoLane.Runner, default));

        gate.Leave();
        Assert.That(gate.EnterAsync(MongoLane.Clients, default).IsCompletedSuccessfully, Is.True);
    }

    [Test]
    public async Task Who_gives_up_is_passed_over()
    {
        var gate = new MongoGate(1, Long, TimeProvider.System);
        await gate.EnterAsync(MongoLane.Clients, default);
        using var stop = new CancellationTokenSource();
        var gone = gate.EnterAsync(MongoLane.Runner, stop.Token);
        var next = gate.EnterAsync(MongoLane.Clients, default);

        await stop.CancelAsync();
        Assert.That(async () => await gone, Throws.InstanceOf<OperationCanceledException>());
        gate.Leave();

        await next;
    }

    [Test]
    public async Task No_place_is_lost_where_giving_up_and_being_let_in_meet()
    {
        var gate = new MongoGate(1, Long, TimeProvider.System);
        for (var round = 0; round < 2_000; round++)
        {
            await gate.EnterAsync(MongoLane.Clients, default);
            using var stop = new CancellationTokenSource();
            var waiting = gate.EnterAsync(MongoLane.Clients, stop.Token);
            await Task.WhenAll(Task.Run(gate.Leave), Task.Run(stop.Cancel));
            try
            {
                await waiting;
                gate.Leave();
            }
            catch (OperationCanceledException)
            {
                // The place is free, or was given back.
            }
        }

        Assert.That(gate.EnterAsync(MongoLane.Clients, default).IsCompletedSuccessfully, Is.True);
    }

    [Test]
    public async Task More_than_can_wait_are_refused_at_once()
    {
        var gate = new MongoGate(1, Long, TimeProvider.System);
        await gate.EnterAsync(MongoLane.Clients, default);
        var waiting = Enumerable.Range(0, MongoGate.MaxWaiting).Select(_ => gate.EnterAsync(MongoLane.Clients, default)).ToList();

        Assert.That(
            () => gate.EnterAsync(MongoLane.Clients, default), Throws.TypeOf<StoreUnavailableException>());
        Assert.That(gate.EnterAsync(MongoLane.Runner, default).IsFaulted, Is.False, "the Runner's queue is its own");
        gate.Close("stopping");
        await AssertRefusedAsync(waiting[^1]);
    }

    [Test]
    public async Task Once_closed_nobody_comes_in_and_nobody_waits_on()
    {
        var gate = new MongoGate(1, Long, TimeProvider.System);
        await gate.EnterAsync(MongoLane.Clients, default);
        var waiting = gate.EnterAsync(MongoLane.Clients, default);

        gate.Close("The service is stopping.");

        await AssertRefusedAsync(waiting);
        Assert.That(() => gate.EnterAsync(MongoLane.Runner, default), Throws.TypeOf<StoreUnavailableException>());
    }

    private static async Task AssertRefusedAsync(Task entering)
    {
        var error = await Task.WhenAny(entering).Unwrap().ContinueWith(task => task.Exception?.InnerException, TaskScheduler.Default);

        Assert.That((error as StoreUnavailableException)?.Outcome, Is.EqualTo(WriteOutcome.Refused));
    }
}
