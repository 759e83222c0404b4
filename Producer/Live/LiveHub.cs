using Contracts.Live;

namespace Producer.Live;

/// <summary>The readers of this instance: one for each source that somebody watches, whatever the number of clients.</summary>
internal sealed class LiveHub(ILiveFeed feed, TimeProvider time, ILogger<LiveReader> logger)
{
    /// <summary>How long a replay may take; a client that has missed more is given everything anew.</summary>
    private static readonly TimeSpan MaxReplay = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<(string Tenant, string Source), LiveReader> readers = [];

    /// <summary>Watches from now on.</summary>
    public async Task<LiveSubscription> SubscribeAsync(
        ILiveSource source, string tenant, LiveFilter filter, CancellationToken cancellationToken)
    {
        var reader = Take(source, tenant);
        var client = new LiveClient(filter);
        var subscription = new LiveSubscription(client, () => Return(reader, client, tenant, source.Name));
        try
        {
            await reader.Begun.WaitAsync(cancellationToken);
            subscription.Position = reader.Add(client);
            return subscription;
        }
        catch
        {
            subscription.Dispose();
            throw;
        }
    }

    /// <summary>Keys that have changed after a client's last position, up to the one that its subscription began at.</summary>
    /// <returns>Null if that is not known any more.</returns>
    public async Task<LiveChanges?> ReplayAsync(
        string tenant, string name, string? after, string? until, CancellationToken cancellationToken)
    {
        var missed = new LiveChanges();
        if (after is null || until is null)
        {
            return null;
        }

        if (after == until)
        {
            return missed;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var late = time.CreateTimer(_ => stop.Cancel(), null, MaxReplay, Timeout.InfiniteTimeSpan);
        await foreach (var change in feed.WatchAsync(tenant, name, after, stop.Token))
        {
            missed.Add(change);
            if (missed.IsAll)
            {
                return null;
            }

            if (change.Position == until)
            {
                return missed;
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        return null;
    }

    private LiveReader Take(ILiveSource source, string tenant)
    {
        lock (gate)
        {
            if (!readers.TryGetValue((tenant, source.Name), out var reader))
            {
                readers[(tenant, source.Name)] = reader = new LiveReader(feed, source, tenant, time, logger);
                reader.Start();
            }

            reader.Users++;
            return reader;
        }
    }

    private void Return(LiveReader reader, LiveClient client, string tenant, string name)
    {
        reader.Remove(client);
        lock (gate)
        {
            // One that has failed is not given to others.
            if (--reader.Users == 0 || client.HasEnded)
            {
                if (readers.GetValueOrDefault((tenant, name)) == reader)
                {
                    readers.Remove((tenant, name));
                }
            }

            if (reader.Users == 0)
            {
                reader.Stop();
            }
        }
    }
}
