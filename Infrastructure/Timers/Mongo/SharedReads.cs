using System.Diagnostics;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Storage.Mongo;

namespace Infrastructure.Timers.Mongo;

/// <summary>Concurrent reads of a few rows share a command.</summary>
/// <remarks>
/// A command costs the driver and the server far more than a row of it. As long as fewer commands than <paramref name="commands"/>
/// are in flight nobody waits; reads that arrive meanwhile join the next one. Each read begins after it was requested.
/// </remarks>
/// <param name="connection">The database that is read.</param>
/// <param name="commands">Commands in flight at once, at least 1.</param>
internal sealed class SharedReads(MongoConnection connection, int commands)
{
    /// <summary>Of one caller; more are a command of their own.</summary>
    private const int MaxShared = 16;

    /// <summary>Of one command.</summary>
    private const int MaxKeys = 500;

    private readonly Lock gate = new();
    private readonly Queue<Asked> waiting = new();
    private int underWay;

    /// <summary>The tenant's rows that are there. Commands ask for keys of all tenants together.</summary>
    /// <exception cref="StoreUnavailableException">No answer.</exception>
    public async Task<IReadOnlyList<TimerRecord>> FindAsync(string tenant, IReadOnlyList<Guid> keys, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (keys.Count > MaxShared)
        {
            return [.. (await ReadAsync(keys, cancellationToken)).Whole.Where(row => row.Tenant == tenant)];
        }

        var asked = new Asked(tenant, keys);
        bool begins;
        lock (gate)
        {
            waiting.Enqueue(asked);
            begins = underWay < commands;
            underWay += begins ? 1 : 0;
        }

        if (begins)
        {
            _ = AnswerAsync();
        }

        return await asked.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Reads for all who wait, until nobody does.</summary>
    private async Task AnswerAsync()
    {
        while (Take() is { Count: > 0 } batch)
        {
            // A read for several requests is in the trace of none.
            Activity.Current = null;
            Activity.Current = batch is [var only] ? only.Trace : null;
            try
            {
                var (whole, damaged) = await ReadAsync([.. batch.SelectMany(asked => asked.Keys)], CancellationToken.None);
                var byKey = whole.ToDictionary(row => row.Key);
                batch.ForEach(asked => asked.Answer(
                    asked.Keys.Distinct().Select(key => byKey.GetValueOrDefault(key)).OfType<TimerRecord>(), damaged));
            }
            catch (StoreUnavailableException unavailable)
            {
                // Who has waited meanwhile is told as well, rather than wait for a time-out of its own after this one.
                batch.AddRange(TakeAll());
                batch.ForEach(asked => asked.TrySetException(unavailable));
            }
#pragma warning disable CA1031 // A row that cannot be read is the affair of who asked for it.
            catch (Exception)
#pragma warning restore CA1031
            {
                await Task.WhenAll(batch.Select(AnswerAloneAsync));
            }
        }
    }

    private async Task AnswerAloneAsync(Asked asked)
    {
        try
        {
            var (whole, damaged) = await ReadAsync(asked.Keys, CancellationToken.None);
            asked.Answer(whole, damaged);
        }
#pragma warning disable CA1031 // Told to who asked.
        catch (Exception error)
#pragma warning restore CA1031
        {
            asked.TrySetException(error);
        }
    }

    /// <summary>The keys of the next command; none if this was the last one.</summary>
    private List<Asked> Take()
    {
        var batch = new List<Asked>();
        var count = 0;
        lock (gate)
        {
            while (count < MaxKeys && waiting.TryDequeue(out var asked))
            {
                batch.Add(asked);
                count += asked.Keys.Count;
            }

            underWay -= batch.Count == 0 ? 1 : 0;
        }

        return batch;
    }

    private List<Asked> TakeAll()
    {
        lock (gate)
        {
            List<Asked> all = [.. waiting];
            waiting.Clear();
            return all;
        }
    }

    private Task<(List<TimerRecord> Whole, List<Guid> Damaged)> ReadAsync(
        IReadOnlyList<Guid> keys, CancellationToken cancellationToken) =>
        connection.RunAsync(MongoLane.Clients, rows => MongoTimerStore.ReadRowsAsync(rows, keys, withSpec: true), cancellationToken);

    private sealed class Asked(string tenant, IReadOnlyList<Guid> keys)
        : TaskCompletionSource<IReadOnlyList<TimerRecord>>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public IReadOnlyList<Guid> Keys { get; } = keys;

        public Activity? Trace { get; } = Activity.Current;

        public void Answer(IEnumerable<TimerRecord> found, List<Guid> damaged)
        {
            if (Keys is [var key] && damaged.Contains(key))
            {
                TrySetException(new StoreUnavailableException(WriteOutcome.Refused, "The stored timer is damaged and cannot be read."));
                return;
            }

            TrySetResult([.. found.Where(row => row.Tenant == tenant)]);
        }
    }
}
