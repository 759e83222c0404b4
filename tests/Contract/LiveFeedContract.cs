using System.Text;
using Contracts.Common;
using Contracts.Live;
using Tests.Support;

namespace Tests.Contract;

/// <summary>What every live feed promises.</summary>
public abstract class LiveFeedContract
{
    private string feed = null!;

    protected ILiveFeed Feed { get; private set; } = null!;

    protected abstract Task<ILiveFeed> StartAsync();

    protected abstract Task StopAsync();

    [SetUp]
    public async Task Start()
    {
        feed = $"test-{Guid.NewGuid():N}";
        Feed = await StartAsync();
    }

    [TearDown]
    public Task Stop() => StopAsync();

    [Test]
    public async Task Every_watcher_is_told_every_change_in_order()
    {
        await PublishAsync("before");
        await using var first = await WatcherAsync();
        await using var second = await WatcherAsync();

        foreach (var i in Enumerable.Range(0, 100))
        {
            await PublishAsync($"{i}");
        }

        foreach (var watcher in new[] { first, second })
        {
            Assert.That((await watcher.TakeAsync(100)).Select(Text), Is.EqualTo(Enumerable.Range(0, 100).Select(i => $"{i}")));
        }
    }

    [Test]
    public async Task A_watcher_goes_on_after_the_position_that_it_knows()
    {
        await using var watcher = await WatcherAsync();
        foreach (var i in Enumerable.Range(0, 10))
        {
            await PublishAsync($"{i}");
        }

        var seen = await watcher.TakeAsync(10);
        await using var later = new Watcher(Feed.WatchAsync(Tenant.Default, feed, seen[3].Position, default));

        var replayed = await later.TakeAsync(6);
        Assert.That(
            replayed.Select(change => (Text(change), change.IsGap)), Is.EqualTo(Enumerable.Range(4, 6).Select(i => ($"{i}", false))));
        Assert.That(replayed.Select(change => change.Position), Is.EqualTo(seen.Skip(4).Select(change => change.Position)));
    }

    [Test]
    public async Task The_position_of_now_is_known_without_a_change_and_nothing_after_it_is_missed()
    {
        var (begin, again) = (await PositionAsync(), await PositionAsync());
        await PublishAsync("first");
        var later = await PositionAsync();

        await using var watcher = new Watcher(Feed.WatchAsync(Tenant.Default, feed, begin, default));
        var change = (await watcher.TakeAsync(1))[0];

        Assert.That((begin, Text(change), change.Position, change.IsGap), Is.EqualTo((again, "first", later, false)));

        Task<string?> PositionAsync() => Feed.FindPositionAsync(Tenant.Default, feed, default);
    }

    [TestCase("nonsense")]
    [TestCase("1-2-3")]
    [TestCase("-")]
    [TestCase("99999999999999999999999-1")]
    public async Task A_position_that_never_was_is_a_gap_and_harms_nobody(string position)
    {
        await using var watcher = await WatcherAsync();
        for (var i = 0; i < 20; i++)
        {
            await using var confused = new Watcher(Feed.WatchAsync(Tenant.Default, feed, position, default));
            Assert.That((await confused.TakeAsync(1))[0].IsGap, Is.True);
        }

        await PublishAsync("mine");

        Assert.That(Text((await watcher.TakeAsync(1))[0]), Is.EqualTo("mine"));
    }

    [Test]
    public async Task A_position_that_is_no_longer_kept_is_told_as_a_gap()
    {
        await using var watcher = await WatcherAsync();
        await PublishAsync("first");
        var first = (await watcher.TakeAsync(1))[0];
        for (var i = 0; i < 2_500; i++)
        {
            await PublishAsync($"{i}");
        }

        await using var later = new Watcher(Feed.WatchAsync(Tenant.Default, feed, first.Position, default));

        Assert.That((await later.TakeAsync(1))[0].IsGap, Is.True);

        // A store that once answers too late on a busy machine makes another, but not each time.
        await Eventually.That(
            async () =>
            {
                await PublishAsync("last");
                var rest = new List<LiveChange>();
                do
                {
                    rest.AddRange(await later.TakeAsync(1));
                }
                while (Text(rest[^1]) != "last");

                return !rest.Exists(change => change.IsGap);
            },
            TimeSpan.FromSeconds(30),
            "after the gap it goes on without another");
    }

    [Test]
    public async Task Feeds_do_not_mix()
    {
        await using var watcher = await WatcherAsync();
        await Feed.PublishAsync(Tenant.Default, feed + "-other", "other"u8.ToArray(), default);
        await PublishAsync("mine");

        Assert.That(Text((await watcher.TakeAsync(1))[0]), Is.EqualTo("mine"));
    }

    [Test]
    public async Task Tenants_have_feeds_of_the_same_name_for_themselves()
    {
        await using var watcher = await WatcherAsync();
        await Feed.PublishAsync("acme", feed, "acme's"u8.ToArray(), default);
        await PublishAsync("default's");
        var own = (await watcher.TakeAsync(1))[0];

        await using var acmes = new Watcher(Feed.WatchAsync("acme", feed, own.Position, default));
        var told = acmes.TakeAsync(2);
        await Eventually.That(
            async () =>
            {
                await Feed.PublishAsync("acme", feed, "acme's again"u8.ToArray(), default);
                return told.IsCompleted;
            },
            TimeSpan.FromSeconds(10),
            "it is told");

        Assert.That(Text(own), Is.EqualTo("default's"));
        Assert.That((await told).Select(Text), Has.None.EqualTo("default's"), "a position of another tenant's shows nothing of it");
    }

    [Test]
    public async Task Watching_ends_without_an_exception()
    {
        using var end = new CancellationTokenSource();
        var watching = Task.Run(async () =>
        {
            await foreach (var _ in Feed.WatchAsync(Tenant.Default, feed, null, end.Token))
            {
                // Nothing comes.
            }
        });

        await end.CancelAsync();

        await watching.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private static string Text(LiveChange change) => Encoding.UTF8.GetString(change.Content.Span);

    private Task PublishAsync(string text) => Feed.PublishAsync(Tenant.Default, feed, Encoding.UTF8.GetBytes(text), default);

    /// <summary>A watcher that certainly watches: it is told of a change made for it.</summary>
    private async Task<Watcher> WatcherAsync()
    {
        var watcher = new Watcher(Feed.WatchAsync(Tenant.Default, feed, null, default));
        var told = watcher.TakeAsync(1, ofTheStart: true);
        await Eventually.That(
            async () =>
            {
                await PublishAsync("hello");
                return told.IsCompleted;
            },
            TimeSpan.FromSeconds(10),
            "it is told");
        return watcher;
    }

    private sealed class Watcher(IAsyncEnumerable<LiveChange> changes) : IAsyncDisposable
    {
        private readonly CancellationTokenSource end = new();
        private IAsyncEnumerator<LiveChange>? enumerator;

        /// <param name="count">How many.</param>
        /// <param name="ofTheStart">Whether those count that only find out whether somebody watches.</param>
        public async Task<List<LiveChange>> TakeAsync(int count, bool ofTheStart = false)
        {
            enumerator ??= changes.GetAsyncEnumerator(end.Token);
            var taken = new List<LiveChange>();
            while (taken.Count < count && await enumerator.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20)))
            {
                if (ofTheStart || Text(enumerator.Current) != "hello")
                {
                    taken.Add(enumerator.Current);
                }
            }

            return taken;
        }

        public async ValueTask DisposeAsync()
        {
            await end.CancelAsync();
            if (enumerator is not null)
            {
                await enumerator.DisposeAsync();
            }

            end.Dispose();
        }
    }
}
