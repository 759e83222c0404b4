using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using Contracts.Common;
using Contracts.Live;
using Contracts.Storage;
using Infrastructure.Live;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Producer.Http;
using Producer.Live;
using Tests.Support;

namespace Tests.Producer.Live;

/// <summary>A live stream with a store and a feed in memory, and a clock that tests turn.</summary>
internal sealed class LiveParts : ILiveSource, ILiveFeed, IDisposable
{
    private readonly InProcessFeed feed;
    private readonly ServiceProvider services;
    private int watchers;

    public LiveParts()
    {
        feed = new InProcessFeed(Clock);
        services = new ServiceCollection()
            .AddLogging()
            .AddMetrics()
            .AddSingleton<LiveMetrics>()
            .AddSingleton<TimeProvider>(Clock)
            .AddSingleton<ILiveFeed>(this)
            .AddSingleton<IRequestTenant, KeyTenant>()
            .AddSingleton<IHostApplicationLifetime>(Lifetime)
            .AddSingleton(new LiveHub(this, Clock, NullLogger<LiveReader>.Instance))
            .BuildServiceProvider();
    }

    public FakeTimeProvider Clock { get; } = Clocks.AtNoon();

    public StoppableLifetime Lifetime { get; } = new();

    /// <summary>What is stored; a text with a slash belongs to the group before it.</summary>
    public ConcurrentDictionary<string, string> Stored { get; } = new();

    /// <summary>The keys of each read of single keys.</summary>
    public ConcurrentQueue<string> Reads { get; } = [];

    public bool IsStoreDown { get; set; }

    public int Watchers => watchers;

    public TimeSpan? Refresh { get; set; }

    public bool IsWhole { get; set; }

    public TimeSpan Pace { get; set; }

    public System.Diagnostics.Metrics.IMeterFactory Meters => services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>();

    string ILiveSource.Feed => "tests";

    bool ILiveFeed.IsShared => true;

    public Task ChangeAsync(string key, string value, params string[] left)
    {
        Stored[key] = value;
        return NoteAsync(Left(key, left));
    }

    /// <summary>A notice of one key that has left some groups.</summary>
    public static LiveNotice Left(string key, params string[] groups) =>
        new([key]) { Left = groups.Length == 0 ? null : new Dictionary<string, IReadOnlyList<string>> { [key] = groups } };

    public Task NoteAsync(LiveNotice notice) => feed.PublishAsync(Tenant.Default, "tests", notice.Write(), default);

    public ServerEvents Connect(LiveFilter filter, string? after = null)
    {
        var pipe = new Pipe();
        var abort = new CancellationTokenSource();
        var context = new DefaultHttpContext { RequestServices = services, RequestAborted = abort.Token };
        context.Response.Body = pipe.Writer.AsStream();
        if (after is not null)
        {
            context.Request.Headers[LiveStream.LastEventId] = after;
        }

        _ = RunAsync();
        return new ServerEvents(pipe.Reader.AsStream(), abort.Cancel);

        async Task RunAsync()
        {
            try
            {
                await new LiveStream(this, filter).ExecuteAsync(context);
            }
            finally
            {
                await context.Response.CompleteAsync();
                await pipe.Writer.CompleteAsync();
            }
        }
    }

    public Task<IReadOnlyList<LiveValue>> ReadAsync(
        string tenant, IReadOnlyList<string> keys, Func<string, bool> isWatched, CancellationToken cancellationToken)
    {
        if (IsStoreDown)
        {
            throw new StoreUnavailableException(WriteOutcome.Refused, "down");
        }

        Reads.Enqueue(string.Join(',', keys.Order(StringComparer.Ordinal)));
        return Task.FromResult<IReadOnlyList<LiveValue>>([.. keys.Select(Value)]);
    }

    public async IAsyncEnumerable<IReadOnlyList<LiveValue>> ReadAllAsync(
        string tenant, LiveFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        if (IsStoreDown)
        {
            throw new StoreUnavailableException(WriteOutcome.Refused, "down");
        }

        foreach (var page in Stored.Keys.Order(StringComparer.Ordinal).Select(Value)
            .Where(value => filter.Group is null || value.Groups.Contains(filter.Group)).Chunk(2))
        {
            yield return page;
        }
    }

    public Task<bool> PublishAsync(string tenant, string feed, ReadOnlyMemory<byte> change, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<string?> FindPositionAsync(string tenant, string feed, CancellationToken cancellationToken) =>
        this.feed.FindPositionAsync(tenant, feed, cancellationToken);

    public async IAsyncEnumerable<LiveChange> WatchAsync(
        string tenant, string feed, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref watchers);
        try
        {
            await foreach (var change in this.feed.WatchAsync(tenant, feed, after, cancellationToken))
            {
                yield return change;
            }
        }
        finally
        {
            Interlocked.Decrement(ref watchers);
        }
    }

    public void Dispose() => services.Dispose();

    private LiveValue Value(string key) => Stored.TryGetValue(key, out var text)
        ? new LiveValue(
            key, Encoding.UTF8.GetBytes($$"""{"id":"{{key}}","value":"{{text}}"}"""), text.Contains('/') ? [text.Split('/')[0]] : [])
        : LiveValue.Gone(key);

    internal sealed class StoppableLifetime : IHostApplicationLifetime
    {
        private readonly CancellationTokenSource stopping = new();

        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => stopping.Token;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication() => stopping.Cancel();
    }
}
