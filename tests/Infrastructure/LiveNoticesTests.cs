using System.Collections.Concurrent;
using Contracts.Common;
using Contracts.Live;
using Infrastructure.Live;
using Microsoft.Extensions.Time.Testing;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>Notices of what has changed: coalesced, bounded, and published while watchers need not be there.</summary>
public sealed class LiveNoticesTests
{
    private readonly FakeTimeProvider clock = Clocks.AtNoon();
    private InProcessFeed feed = null!;
    private LiveNotices notices = null!;

    [SetUp]
    public async Task Start()
    {
        feed = new InProcessFeed(clock);
        notices = new LiveNotices(feed, clock);
        await notices.StartAsync(default);
    }

    [TearDown]
    public async Task Stop()
    {
        await notices.StopAsync(default);
        notices.Dispose();
    }

    [Test]
    public async Task What_could_not_be_sent_is_sent_again_with_what_has_changed_since()
    {
        var failing = new FailingFeed();
        using var sender = new LiveNotices(failing, clock);
        await sender.StartAsync(default);
        sender.Note(Tenant.Default, "f", "a", ["red"]);
        await Eventually.That(() => failing.Refused == 1, TimeSpan.FromSeconds(30), "it is tried");
        sender.Note(Tenant.Default, "f", "b");

        failing.IsDown = false;
        await Eventually.That(
            () =>
            {
                clock.Advance(LiveNotices.RetryInterval);
                return !failing.Taken.IsEmpty;
            },
            TimeSpan.FromSeconds(30),
            "it is tried again");
        await sender.StopAsync(default);

        var notice = LiveNotice.Read(new LiveChange("1", failing.Taken.Single(), IsGap: false));
        Assert.That(notice.Keys, Is.EquivalentTo(new[] { "a", "b" }));
        Assert.That(notice.Left!["a"], Is.EqualTo(new[] { "red" }));
    }

    [Test]
    public async Task A_flood_is_a_change_for_each_interval_with_each_key_once()
    {
        var begin = await feed.FindPositionAsync(Tenant.Default, "f", default);
        notices.Note(Tenant.Default, "f", "first");
        await using var changes = feed.WatchAsync(Tenant.Default, "f", begin, default).GetAsyncEnumerator();
        await changes.MoveNextAsync();
        Assert.That(LiveNotice.Read(changes.Current).Keys, Is.EqualTo(new[] { "first" }), "at once");
        for (var i = 0; i < 10_000; i++)
        {
            notices.Note(Tenant.Default, "f", $"{i % 3}", i is 7 or 10 ? ["red", $"blue {i}"] : null);
        }

        notices.Note("acme", "f", "theirs");
        var next = changes.MoveNextAsync().AsTask();
        Assert.That(next.IsCompleted, Is.False, "a moment later");
        await Eventually.That(
            () =>
            {
                clock.Advance(LiveNotices.Interval);
                return next.IsCompleted;
            },
            TimeSpan.FromSeconds(10),
            "it is published");

        var notice = LiveNotice.Read(changes.Current);
        Assert.That(notice.Keys, Is.EquivalentTo(new[] { "0", "1", "2" }));
        Assert.That(notice.Left!.Keys, Is.EqualTo(new[] { "1" }));
        Assert.That(notice.Left["1"], Is.EquivalentTo(new[] { "red", "blue 7", "blue 10" }));
    }

    [Test]
    public async Task Too_many_keys_are_anything_and_no_notice_is_longer_than_a_change_may_be()
    {
        notices.Note(Tenant.Default, "f", "wait");
        await Eventually.That(
            async () => !(await feed.FindPositionAsync(Tenant.Default, "f", default))!.EndsWith("-0", StringComparison.Ordinal),
            TimeSpan.FromSeconds(10), "the first one is out");
        var begin = await feed.FindPositionAsync(Tenant.Default, "f", default);
        var keys = 0;
        for (var i = 0; i < 2_400; i++)
        {
            // Two characters that are six bytes each in JSON.
            notices.Note(Tenant.Default, "f", $"\u3042{(char)(0x4e00 + i)}", ["\u3042\u3042"]);
            keys++;
            if (i == 1_600)
            {
                Assert.That(await NextAsync(begin), Is.Not.Null);
                begin = await feed.FindPositionAsync(Tenant.Default, "f", default);
            }
        }

        var all = await NextAsync(begin);
        Assert.That(all!.Keys, Has.Count.LessThanOrEqualTo(keys));

        for (var i = 0; i < 50_000; i++)
        {
            notices.Note(Tenant.Default, "f", $"{i}");
        }

        begin = await feed.FindPositionAsync(Tenant.Default, "f", default);
        Assert.That((await NextAsync(begin))!.Keys, Is.Null);

        async Task<LiveNotice?> NextAsync(string? after)
        {
            await using var changes = feed.WatchAsync(Tenant.Default, "f", after, default).GetAsyncEnumerator();
            var next = changes.MoveNextAsync().AsTask();
            await Eventually.That(
                () =>
                {
                    clock.Advance(LiveNotices.Interval);
                    return next.IsCompleted;
                },
                TimeSpan.FromSeconds(10),
                "it is published");
            Assert.That(changes.Current.Content.Length, Is.LessThan(64 * 1024));
            return LiveNotice.Read(changes.Current);
        }
    }

    [Test]
    public async Task Anything_is_a_notice_without_keys_whatever_is_named_beside_it()
    {
        var begin = await feed.FindPositionAsync(Tenant.Default, "f", default);
        notices.NoteAll(Tenant.Default, "f");
        notices.Note(Tenant.Default, "f", "a");
        await notices.StopAsync(default);

        await using var changes = feed.WatchAsync(Tenant.Default, "f", begin, default).GetAsyncEnumerator();
        await changes.MoveNextAsync();
        Assert.That(LiveNotice.Read(changes.Current).Keys, Is.Null);
    }

    [Test]
    public async Task What_was_noted_last_is_published_when_the_service_stops()
    {
        var begin = await feed.FindPositionAsync(Tenant.Default, "f", default);
        notices.Note(Tenant.Default, "f", "a");
        await notices.StopAsync(default);
        notices.Note(Tenant.Default, "f", "b");
        await notices.StopAsync(default);

        await using var changes = feed.WatchAsync(Tenant.Default, "f", begin, default).GetAsyncEnumerator();
        var keys = new List<string>();
        while (keys.Count < 2 && await changes.MoveNextAsync())
        {
            keys.AddRange(LiveNotice.Read(changes.Current).Keys!);
        }

        Assert.That(keys, Is.EqualTo(new[] { "a", "b" }));
    }

    private sealed class FailingFeed : ILiveFeed
    {
        private int refused;

        public bool IsShared => true;

        public bool IsDown { get; set; } = true;

        public int Refused => refused;

        public ConcurrentQueue<byte[]> Taken { get; } = new();

        public Task<bool> PublishAsync(string tenant, string feed, ReadOnlyMemory<byte> change, CancellationToken cancellationToken)
        {
            if (IsDown)
            {
                Interlocked.Increment(ref refused);
                return Task.FromResult(false);
            }

            Taken.Enqueue(change.ToArray());
            return Task.FromResult(true);
        }

        public Task<string?> FindPositionAsync(string tenant, string feed, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public IAsyncEnumerable<LiveChange> WatchAsync(string tenant, string feed, string? after, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
