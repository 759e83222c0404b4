using Producer.Live;

namespace Tests.Producer.Units;

public sealed class SingleFlightTests
{
    private readonly SingleFlight<string, int> flights = new();
    private readonly List<TaskCompletionSource<int>> loads = [];

    [SetUp]
    public void Start() => loads.Clear();

    [Test]
    public async Task Those_who_come_while_a_load_is_under_way_share_the_one_that_follows_it()
    {
        var first = RunAsync();
        var others = Enumerable.Range(0, 10).Select(_ => RunAsync()).ToList();
        Assert.That(loads, Has.Count.EqualTo(1), "it may have looked too early for them");

        loads[0].SetResult(1);
        Assert.That(await first, Is.EqualTo(1));
        await Support.Eventually.That(() => loads.Count == 2, TimeSpan.FromSeconds(10), "the second load begins");
        loads[1].SetResult(2);

        Assert.That(await Task.WhenAll(others), Is.All.EqualTo(2));
        Assert.That(loads, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_load_that_fails_fails_for_those_who_share_it_and_no_others()
    {
        var first = RunAsync();
        var second = RunAsync();
        loads[0].SetException(new InvalidOperationException("first"));
        Assert.ThrowsAsync<InvalidOperationException>(() => first);

        await Support.Eventually.That(() => loads.Count == 2, TimeSpan.FromSeconds(10), "the second load begins");
        loads[1].SetResult(2);

        Assert.That(await second, Is.EqualTo(2));
    }

    [Test]
    public async Task After_the_last_one_a_load_begins_anew()
    {
        for (var i = 0; i < 3; i++)
        {
            var run = RunAsync();
            loads[i].SetResult(i);
            Assert.That(await run, Is.EqualTo(i));
        }
    }

    private Task<int> RunAsync() => flights.RunAsync("key", _ =>
    {
        lock (loads)
        {
            loads.Add(new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously));
            return loads[^1].Task;
        }
    });
}
