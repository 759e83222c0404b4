using System.Threading.Channels;
using Contracts.Live;
using Microsoft.Extensions.Hosting;

namespace Infrastructure.Live;

/// <summary>
/// Collects what has changed, and publishes it ten times a second: a flood of changes costs a set of keys, and the feed a message.
/// </summary>
/// <remarks>
/// What cannot be sent is sent again, together with what has changed since. A process that is killed may leave its last tenth of a second
/// untold; the key's next change makes up for it.
/// </remarks>
internal sealed class LiveNotices(ILiveFeed feed, TimeProvider time) : BackgroundService, ILiveNotices
{
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Pause after one that could not be sent.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Length of all keys and groups of one change, each with one more for its quotes. A character is six bytes of JSON at most, and a key
    /// may stand there twice; a change may have 64 KiB.
    /// </summary>
    private const int MaxLength = 5_000;

    private readonly Lock gate = new();
    private readonly Channel<bool> told = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private Dictionary<(string Tenant, string Feed), Changed> changes = [];

    public void Note(string tenant, string feed, string key, IReadOnlyCollection<string>? left = null)
    {
        bool isNews;
        lock (gate)
        {
            isNews = Of(tenant, feed).Add(key, left);
        }

        Tell(isNews);
    }

    public void NoteAll(string tenant, string feed)
    {
        bool isNews;
        lock (gate)
        {
            isNews = Of(tenant, feed).AddAll();
        }

        Tell(isNews);
    }

    /// <summary>Other processes may go on: they are told the last of it.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await PublishAsync(cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await told.Reader.WaitToReadAsync(stoppingToken))
        {
            told.Reader.TryRead(out _);
            var isDone = await PublishAsync(stoppingToken);
            Tell(!isDone);
            await Task.Delay(isDone ? Interval : RetryInterval, time, stoppingToken);
        }
    }

    private Changed Of(string tenant, string feed)
    {
        if (!changes.TryGetValue((tenant, feed), out var changed))
        {
            changes[(tenant, feed)] = changed = new Changed();
        }

        return changed;
    }

    private void Tell(bool isNews)
    {
        if (isNews)
        {
            told.Writer.TryWrite(true);
        }
    }

    /// <returns>Whether all of it has been sent; what has not stays.</returns>
    private async Task<bool> PublishAsync(CancellationToken cancellationToken)
    {
        var isDone = true;
        foreach (var ((tenant, name), changed) in Take())
        {
            if (!await feed.PublishAsync(tenant, name, changed.ToNotice().Write(), cancellationToken))
            {
                isDone = false;
                lock (gate)
                {
                    Of(tenant, name).AddAll(changed);
                }
            }
        }

        return isDone;
    }

    private Dictionary<(string Tenant, string Feed), Changed> Take()
    {
        lock (gate)
        {
            var taken = changes;
            changes = [];
            return taken;
        }
    }

    private sealed class Changed
    {
        private readonly Dictionary<string, HashSet<string>?> keys = new(StringComparer.Ordinal);
        private int length;
        private bool isAll;

        private bool IsTooMuch => isAll || length > MaxLength;

        /// <returns>False if that changes nothing.</returns>
        public bool Add(string key, IReadOnlyCollection<string>? left)
        {
            if (IsTooMuch)
            {
                return false;
            }

            var isNew = keys.TryAdd(key, null);
            length += isNew ? key.Length + 1 : 0;
            var before = length;
            foreach (var group in left ?? [])
            {
                if ((keys[key] ??= new HashSet<string>(StringComparer.Ordinal)).Add(group))
                {
                    length += group.Length + 1;
                }
            }

            return isNew || length > before;
        }

        /// <returns>False if that changes nothing.</returns>
        public bool AddAll()
        {
            var isNew = !IsTooMuch;
            isAll = true;
            return isNew;
        }

        /// <summary>Adds all that another one holds.</summary>
        public void AddAll(Changed other)
        {
            isAll |= other.IsTooMuch;
            foreach (var (key, left) in other.keys)
            {
                Add(key, left);
            }
        }

        public LiveNotice ToNotice()
        {
            if (IsTooMuch)
            {
                return new LiveNotice(Keys: null);
            }

            var left = keys.Where(each => each.Value is not null)
                .ToDictionary(each => each.Key, each => (IReadOnlyList<string>)[.. each.Value!], StringComparer.Ordinal);
            return new LiveNotice([.. keys.Keys]) { Left = left.Count == 0 ? null : left };
        }
    }
}
