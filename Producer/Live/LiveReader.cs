using System.Diagnostics;
using Contracts.Live;
using Contracts.Storage;

namespace Producer.Live;

/// <summary>
/// Reads one feed of one tenant for all clients of this instance, and the state of what has changed once for all of them. Without clients
/// there is no reader, and nothing is read.
/// </summary>
#pragma warning disable CA1001 // The source has no timer and no links: there is nothing to free.
internal sealed partial class LiveReader(ILiveFeed feed, ILiveSource source, string tenant, TimeProvider time, ILogger<LiveReader> logger)
#pragma warning restore CA1001
{
    /// <summary>Keys of one read.</summary>
    private const int MaxKeys = 1_000;

    /// <summary>Pause before a read that the store did not answer is retried.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly HashSet<LiveClient> clients = [];
    private readonly CancellationTokenSource end = new();
    private readonly Dictionary<string, ReadOnlyMemory<byte>> told = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LiveChanges changes = new();
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? position;

    /// <summary>Completes when clients can be added.</summary>
    public Task Begun => begun.Task;

    /// <summary>Number of clients; changed by the hub alone.</summary>
    public int Users { get; set; }

    public void Start() => _ = RunAsync();

    public void Stop() => end.Cancel();

    /// <summary>From now on the client is told what changes after the position that it is given here.</summary>
    /// <returns>That position; null if the feed cannot be reached at the moment.</returns>
    public string? Add(LiveClient client)
    {
        lock (gate)
        {
            client.StartAt(position);
            clients.Add(client);
            if (end.IsCancellationRequested)
            {
                client.End();
            }

            return position;
        }
    }

    public void Remove(LiveClient client)
    {
        lock (gate)
        {
            clients.Remove(client);
        }
    }

    private async Task RunAsync()
    {
        // It reads for all clients, not in the trace of the first one.
        Activity.Current = null;
        try
        {
            position = await feed.FindPositionAsync(tenant, source.Feed, end.Token);
            begun.TrySetResult();
            await Task.WhenAll(StopOnFailureAsync(CollectAsync), StopOnFailureAsync(TellAsync));
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // Nobody watches any more.
        }
#pragma warning disable CA1031 // Clients connect again, and find another reader.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogDefect(error);
            await end.CancelAsync();
        }
        finally
        {
            begun.TrySetResult();
            EndClients();
        }
    }

    private async Task StopOnFailureAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        finally
        {
            await end.CancelAsync();
        }
    }

    private async Task CollectAsync()
    {
        await foreach (var change in feed.WatchAsync(tenant, source.Feed, position, end.Token))
        {
            lock (gate)
            {
                changes.Add(change);
                changed.TrySetResult();
            }
        }
    }

    private async Task TellAsync()
    {
        while (true)
        {
            var isChanged = await WaitAsync();
            LiveChanges taken;
            HashSet<string> watched;
            bool isAnyWatched;
            lock (gate)
            {
                // Together: who comes from now on begins after these changes and reads their effects, which are stored.
                (taken, changes) = (changes, new LiveChanges());
                changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                position = isChanged ? taken.Position : position;
                watched = [.. clients.Select(client => client.Filter.Key).OfType<string>()];
                isAnyWatched = clients.Any(client => client.Filter.Key is null);
            }

            var keys = source.IsWhole ? [source.Name]
                : taken.IsAll || !isChanged ? [.. watched]
                : taken.Keys.Keys.Where(key => isAnyWatched || watched.Contains(key)).ToList();
            var values = await ReadAsync(taken, keys, watched);
            if (source.Refresh is not null)
            {
                values = KeepNews(values, watched, isChanged);
            }

            lock (gate)
            {
                foreach (var client in clients)
                {
                    client.Offer(values, taken.IsAll && !source.IsWhole, position);
                }
            }

            if (source.Pace > TimeSpan.Zero)
            {
                await Task.Delay(source.Pace, time, end.Token);
            }
        }
    }

    /// <returns>False if nothing has changed, and watched keys are to be read again all the same.</returns>
    private async Task<bool> WaitAsync()
    {
        if (source.Refresh is not { } refresh)
        {
            await changed.Task.WaitAsync(end.Token);
            return true;
        }

        await changed.Task.WaitAsync(refresh, time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        end.Token.ThrowIfCancellationRequested();
        return changed.Task.IsCompleted;
    }

    /// <summary>Of what is read again only what is different: nobody wants to be told the same every few seconds.</summary>
    private List<(LiveValue Value, LeftGroups Left)> KeepNews(
        List<(LiveValue Value, LeftGroups Left)> values, HashSet<string> watched, bool isChanged)
    {
        foreach (var gone in told.Keys.Where(key => !watched.Contains(key)).ToList())
        {
            told.Remove(gone);
        }

        var news = new List<(LiveValue Value, LeftGroups Left)>(values.Count);
        foreach (var each in values)
        {
            var isNews = !told.TryGetValue(each.Value.Key, out var before) || !before.Span.SequenceEqual(each.Value.Json.Span);
            if (watched.Contains(each.Value.Key))
            {
                told[each.Value.Key] = each.Value.Json;
            }

            if (isNews || isChanged)
            {
                news.Add(each);
            }
        }

        return news;
    }

    private async Task<List<(LiveValue Value, LeftGroups Left)>> ReadAsync(
        LiveChanges taken, List<string> keys, HashSet<string> watched)
    {
        while (true)
        {
            try
            {
                var values = new List<(LiveValue Value, LeftGroups Left)>(keys.Count);
                foreach (var some in keys.Chunk(MaxKeys))
                {
                    foreach (var value in await source.ReadAsync(tenant, some, watched.Contains, end.Token))
                    {
                        values.Add((value, taken.Keys.GetValueOrDefault(value.Key, LeftGroups.None)));
                    }
                }

                return values;
            }
            catch (StoreUnavailableException)
            {
                // What changes meanwhile is collected.
                await Task.Delay(RetryDelay, time, end.Token);
            }
        }
    }

    private void EndClients()
    {
        lock (gate)
        {
            foreach (var client in clients)
            {
                client.End();
            }
        }
    }

    [LoggerMessage(1011, LogLevel.Error, "A defect has ended live streams; their clients connect again")]
    private partial void LogDefect(Exception error);
}
