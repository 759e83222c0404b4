using System.Collections.Concurrent;
using System.Net.Http.Json;

namespace Tests.EndToEnd;

/// <summary>
/// A client that sends every event twice, and again until it is acknowledged; and an oracle that recounts from what it sent, and from the
/// raw events that the service exports.
/// </summary>
internal interface ISliceJournal
{
    int Acknowledged { get; }

    /// <summary>Whether something is its own, such as a device that its events are about.</summary>
    bool IsOwn(string id);

    /// <summary>Sends batches of random sizes until it is told to stop; nothing is left unacknowledged then.</summary>
    Task SendAsync(int seed, int keys, CancellationToken stop);

    /// <summary>Sends everything again that was ever sent.</summary>
    Task RepeatAsync();

    /// <summary>Every number is that of what was sent, and of the raw events; and no event is there that nobody sent.</summary>
    Task CheckAsync(TimeSpan within);
}

/// <inheritdoc cref="ISliceJournal"/>
/// <typeparam name="TSent">An event.</typeparam>
/// <param name="clients">The Producers', in turn.</param>
/// <param name="path">Where events are sent to.</param>
internal abstract class SliceJournal<TSent>(HttpClient[] clients, string path) : ISliceJournal
    where TSent : notnull
{
    /// <summary>Between two batches: a process that is starting needs processor time, and all that is sent is recounted.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<string, TSent> sent = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> acknowledged = new(StringComparer.Ordinal);
    private int next;

    public int Acknowledged => acknowledged.Count;

    /// <summary>The ids of what was acknowledged.</summary>
    public IEnumerable<string> Ids => acknowledged.Keys;

    /// <summary>What the ids of its things begin with.</summary>
    public string Prefix { get; } = $"k{Guid.NewGuid():N}"[..8];

    protected virtual int RepeatedAtOnce => 500;

    protected HttpClient Reader => clients[0];

    protected ICollection<TSent> Sent => sent.Values;

    public virtual bool IsOwn(string id) => id.StartsWith(Prefix, StringComparison.Ordinal);

    public async Task SendAsync(int seed, int keys, CancellationToken stop)
    {
        var random = new Random(seed);
        await PrepareAsync(keys);
        for (var batch = 0; !stop.IsCancellationRequested; batch++)
        {
            var events = Enumerable.Range(0, random.Next(1, 60)).Select(i => Make(random, keys, (seed, batch, i))).ToList();
            events.ForEach(each => sent[IdOf(each)] = each);
            await DeliverAsync(events);
            await DeliverAsync(events);
            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    public async Task RepeatAsync()
    {
        foreach (var events in InAnotherOrder(sent.Values).Chunk(RepeatedAtOnce))
        {
            await DeliverAsync(events);
        }
    }

    public async Task CheckAsync(TimeSpan within)
    {
        Assert.That(acknowledged, Has.Count.EqualTo(sent.Count), "everything was acknowledged in the end");
        await CheckAllAsync(within);
    }

    /// <summary>What has to be there before events can be sent.</summary>
    protected virtual Task PrepareAsync(int keys) => Task.CompletedTask;

    /// <summary>Makes a random event, about one of some keys.</summary>
    protected abstract TSent Make(Random random, int keys, (int Seed, int Batch, int Index) place);

    /// <summary>Its id, unique among all.</summary>
    protected abstract string IdOf(TSent each);

    /// <summary>The event as it is sent.</summary>
    protected abstract object BodyOf(TSent each);

    protected abstract Task CheckAllAsync(TimeSpan within);

    protected virtual IEnumerable<TSent> InAnotherOrder(IEnumerable<TSent> events) => events;

    /// <summary>Whether this very event was sent.</summary>
    protected bool WasSent(TSent each) => sent.TryGetValue(IdOf(each), out var before) && before.Equals(each);

    /// <summary>Sends it until it is acknowledged.</summary>
    protected async Task DeliverAsync(string to, object body)
    {
        while (true)
        {
            try
            {
                using var answer = await clients[(uint)Interlocked.Increment(ref next) % (uint)clients.Length].PostAsJsonAsync(to, body);
                if (answer.IsSuccessStatusCode)
                {
                    Assert.That((int)answer.StatusCode, Is.AnyOf(201, 202), "nothing of it may be refused");
                    return;
                }

                Assert.That((int)answer.StatusCode, Is.EqualTo(503), await answer.Content.ReadAsStringAsync());
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException or IOException)
            {
                // It is down; whether it took the events nobody knows.
            }

            await Task.Delay(50);
        }
    }

    private async Task DeliverAsync(IReadOnlyCollection<TSent> events)
    {
        await DeliverAsync(path, events.Select(BodyOf).ToArray());
        foreach (var each in events)
        {
            acknowledged[IdOf(each)] = true;
        }
    }
}
