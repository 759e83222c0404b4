using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Runner.Timers.Receivers;
using Tests.Support;

namespace Tests.Runner;

/// <summary>Names that nobody answers for delay nobody else.</summary>
public sealed class HostLookupsTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);
    private static readonly IPAddress Address = IPAddress.Parse("192.0.2.1");

    private readonly FakeTimeProvider clock = Clocks.AtNoon();
    private readonly ConcurrentQueue<string> asked = new();
    private readonly ManualResetEventSlim answers = new();
    private Func<string, IPAddress[]> resolver = _ => [Address];
    private HostLookups lookups = null!;

    [SetUp]
    public void Create()
    {
        asked.Clear();
        answers.Reset();
        resolver = _ => [Address];
        lookups = new HostLookups(clock, host =>
        {
            asked.Enqueue(host);
            return resolver(host);
        });
    }

    [TearDown]
    public void Release()
    {
        answers.Set();
        lookups.Dispose();
    }

    [OneTimeTearDown]
    public void Dispose() => answers.Dispose();

    [TestCase("127.0.0.1")]
    [TestCase("::1")]
    [TestCase("localhost")]
    [TestCase("a.localhost")]
    public async Task FindAsync_of_an_address_or_of_this_machine_asks_nobody(string host)
    {
        Assert.That(await lookups.FindAsync(host, default), Is.InstanceOf<HostLookup.Found>());
        Assert.That(asked, Is.Empty);
    }

    [Test]
    public async Task FindAsync_asks_once_and_again_when_what_is_known_is_old()
    {
        Assert.That(await FoundAsync("a.example"), Is.EqualTo(new[] { Address }));
        Assert.That(await FoundAsync("A.example"), Is.EqualTo(new[] { Address }));
        Assert.That(asked, Has.Count.EqualTo(1));

        var moved = IPAddress.Parse("192.0.2.2");
        resolver = _ => [moved];
        clock.Advance(TimeSpan.FromSeconds(31));

        Assert.That(await FoundAsync("a.example"), Is.EqualTo(new[] { Address }), "nobody waits for the new one");
        await Eventually.That(() => lookups.Known("a.example") is HostLookup.Found found && found.Addresses[0].Equals(moved), MaxWait,
            "the new address is known");
        Assert.That(asked, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task FindAsync_remembers_a_failure_for_a_while()
    {
        resolver = _ => throw new SocketException((int)SocketError.HostNotFound);

        Assert.That(await FailedAsync("gone.example"), Is.EqualTo("the host name cannot be resolved"));
        Assert.That(await FailedAsync("gone.example"), Is.EqualTo("the host name cannot be resolved"));
        Assert.That(asked, Has.Count.EqualTo(1));

        resolver = _ => [Address];
        clock.Advance(TimeSpan.FromSeconds(6));
        Assert.That(await FoundAsync("gone.example"), Is.EqualTo(new[] { Address }));
    }

    [Test]
    public async Task FindAsync_goes_on_with_the_old_address_while_the_name_cannot_be_resolved()
    {
        await FoundAsync("a.example");
        resolver = _ => throw new SocketException((int)SocketError.TryAgain);

        for (var minutes = 0; minutes < 59; minutes++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            Assert.That(await FoundAsync("a.example"), Is.EqualTo(new[] { Address }), $"after {minutes} minutes");
        }

        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.That(await FailedAsync("a.example"), Does.Contain("cannot be resolved"));
    }

    [Test]
    public async Task FindAsync_gives_up_at_the_deadline_and_takes_a_late_answer_for_the_next_one()
    {
        resolver = _ =>
        {
            answers.Wait();
            return [Address];
        };
        var waiting = lookups.FindAsync("slow.example", default).AsTask();
        await Eventually.That(() => asked.Count == 1, MaxWait, "it is asked for");

        clock.Advance(TimeSpan.FromSeconds(6));

        Assert.That(((HostLookup.Failed)await waiting).Reason, Does.Contain("no answer in time"));
        answers.Set();
        await Eventually.That(() => lookups.Known("slow.example") is HostLookup.Found, MaxWait, "the late answer is known");
        Assert.That(asked, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Names_that_hang_hold_up_neither_each_other_nor_a_name_that_answers()
    {
        resolver = host =>
        {
            if (host.StartsWith("hangs", StringComparison.Ordinal))
            {
                answers.Wait();
            }

            return [Address];
        };
        var hanging = Enumerable.Range(0, 16).Select(i => lookups.FindAsync($"hangs-{i}.example", default).AsTask()).ToList();
        await Eventually.That(() => asked.Count == 16, MaxWait, "all are asked for at once");

        Assert.That(await FoundAsync("answers.example").AsTask().WaitAsync(MaxWait), Is.EqualTo(new[] { Address }));

        clock.Advance(TimeSpan.FromSeconds(6));
        Assert.That(await Task.WhenAll(hanging), Is.All.InstanceOf<HostLookup.Failed>());
    }

    [Test]
    public async Task Names_that_failed_before_leave_threads_for_others()
    {
        resolver = host => host.StartsWith("bad", StringComparison.Ordinal)
            ? throw new SocketException((int)SocketError.TryAgain) : [Address];
        for (var i = 0; i < 40; i++)
        {
            await FailedAsync($"bad-{i}.example");
        }

        clock.Advance(TimeSpan.FromSeconds(6));
        resolver = host =>
        {
            if (host.StartsWith("bad", StringComparison.Ordinal))
            {
                answers.Wait();
            }

            return [Address];
        };
        asked.Clear();
        var again = Enumerable.Range(0, 40).Select(i => lookups.FindAsync($"bad-{i}.example", default).AsTask()).ToList();

        Assert.That(await FoundAsync("good.example").AsTask().WaitAsync(MaxWait), Is.EqualTo(new[] { Address }));

        await Eventually.That(() => asked.Count == 17, MaxWait, "half of the threads ask for the bad ones, and one asked for the good one");
        answers.Set();
        Assert.That(await Task.WhenAll(again), Is.All.InstanceOf<HostLookup.Found>());
    }

    [Test]
    public async Task A_name_that_nobody_came_to_ask_for_is_not_called_bad()
    {
        resolver = _ =>
        {
            answers.Wait();
            return [Address];
        };
        var all = Enumerable.Range(0, 140).Select(i => lookups.FindAsync($"hangs-{i}.example", default).AsTask()).ToList();
        await Eventually.That(() => asked.Count == 32, MaxWait, "all threads are busy");
        clock.Advance(TimeSpan.FromMilliseconds(300));
        await Eventually.That(() => asked.Count == 128, MaxWait, "more have come to help");

        clock.Advance(TimeSpan.FromSeconds(6));

        var found = await Task.WhenAll(all);
        Assert.That(found.Count(each => each is HostLookup.Failed), Is.EqualTo(128));
        Assert.That(found.Count(each => each is HostLookup.NotAsked), Is.EqualTo(12));
    }

    [Test]
    public async Task A_new_name_waits_a_moment_for_a_thread_when_all_are_held_by_new_names_that_hang()
    {
        resolver = host =>
        {
            if (host.StartsWith("hangs", StringComparison.Ordinal))
            {
                answers.Wait();
            }

            return [Address];
        };
        var hanging = Enumerable.Range(0, 32).Select(i => lookups.FindAsync($"hangs-{i}.example", default).AsTask()).ToList();
        await Eventually.That(() => asked.Count == 32, MaxWait, "all threads are busy");
        var good = FoundAsync("good.example").AsTask();

        clock.Advance(TimeSpan.FromMilliseconds(300));

        Assert.That(await good.WaitAsync(MaxWait), Is.EqualTo(new[] { Address }));
        Assert.That(hanging, Is.All.Matches<Task>(each => !each.IsCompleted));
    }

    [Test]
    public async Task What_a_sender_was_given_for_want_of_a_thread_is_known_to_all()
    {
        await FoundAsync("a.example");
        clock.Advance(TimeSpan.FromMinutes(6));
        resolver = _ =>
        {
            answers.Wait();
            return [Address];
        };
        var hanging = Enumerable.Range(0, 140).Select(i => lookups.FindAsync($"hangs-{i}.example", default).AsTask()).ToList();
        await Eventually.That(() => asked.Count == 33, MaxWait, "all threads are busy");
        clock.Advance(TimeSpan.FromMilliseconds(300));
        await Eventually.That(() => asked.Count == 129, MaxWait, () => $"and those that help {asked.Count}");
        var waiting = FoundAsync("a.example").AsTask();

        clock.Advance(TimeSpan.FromSeconds(6));

        Assert.That(await waiting.WaitAsync(MaxWait), Is.EqualTo(new[] { Address }));
        Assert.That(lookups.Known("a.example"), Is.InstanceOf<HostLookup.Found>(), "it is sent to");
        Assert.That(await Task.WhenAll(hanging), Has.Length.EqualTo(140));
    }

    private async ValueTask<IPAddress[]> FoundAsync(string host) =>
        await lookups.FindAsync(host, default) is HostLookup.Found found ? found.Addresses : throw new AssertionException("not found");

    private async Task<string> FailedAsync(string host) =>
        await lookups.FindAsync(host, default) is HostLookup.Failed failed ? failed.Reason : throw new AssertionException("found");
}
