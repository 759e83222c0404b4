using System.Threading.Channels;
using Contracts.Live;
using Microsoft.Extensions.Hosting;

namespace Infrastructure.Live;

/// <summary>
/// Collects what has changed, and publishes it ten times a second: a flood of changes costs a set of keys, and the feed a message.
/// </summary>
/// <remarks>A process that is killed may leave its last tenth of a second untold; the key's next change makes up for it.</remarks>
internal sealed class LiveNotices(ILiveFeed feed, TimeProvider time) : BackgroundService, ILiveNotices
{
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Length of all keys of one change, each with one more for its quotes. A character is six bytes of JSON at most, and may stand there
    /// twice; a change may have 64 KiB.
    /// </summary>
    private const int MaxLength = 5_000;

    private readonly Lock gate = new();
    private readonly Channel<bool> told = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private Dictionary<(string Tenant, string Feed), Changed> changes = [];

    public void Note(string tenant, string feed, string key, bool isRegrouped = false)
    {
        lock (gate)
        {
            if (!changes.TryGetValue((tenant, feed), out var changed))
            {
                changes[(tenant, feed)] = changed = new Changed();
            }

            if (!changed.Add(key, isRegrouped))
            {
                return;
            }
        }

        told.Writer.TryWrite(true);
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
            await PublishAsync(stoppingToken);
            await Task.Delay(Interval, time, stoppingToken);
        }
    }

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        foreach (var ((tenant, name), changed) in Take())
        {
            await feed.PublishAsync(tenant, name, changed.ToNotice().Write(), cancellationToken);
        }
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
        private readonly Dictionary<string, bool> keys = new(StringComparer.Ordinal);
        private int length;

        /// <returns>False if that changes nothing.</returns>
        public bool Add(string key, bool isRegrouped)
        {
            if (length > MaxLength)
            {
                return false;
            }

            if (keys.TryGetValue(key, out var before))
            {
                keys[key] = before || isRegrouped;
                return !before && isRegrouped;
            }

            keys[key] = isRegrouped;
            length += key.Length + 1;
            return true;
        }

        public LiveNotice ToNotice()
        {
            if (length > MaxLength)
            {
                return new LiveNotice(Keys: null);
            }

            List<string> regrouped = [.. keys.Where(each => each.Value).Select(each => each.Key)];
            return new LiveNotice([.. keys.Keys], regrouped.Count == 0 ? null : regrouped);
        }
    }
}
