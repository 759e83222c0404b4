using System.Collections.Concurrent;
using Contracts.Storage;
using Infrastructure.Hosting;

namespace Infrastructure.Storage.Mongo.Driver;

/// <summary>A pool of connections and the threads that wait on them: the driver's calls block, and nobody else shall.</summary>
/// <remarks>Nothing is connected before the first command, so the service starts while the database is down.</remarks>
internal sealed class MongoConnection : IDisposable
{
    private const int ErrorApi = 2;

    /// <summary>Work that waits; beyond it the callers are told at once that the database does not keep up.</summary>
    private const int MostQueued = 10_000;

    private readonly MongoUri uri;
    private readonly nint pool;
    private readonly TimeProvider time;
    private readonly TimeSpan operationTimeout;
    private readonly BlockingCollection<Work>[] shared;
    private readonly BlockingCollection<Work> vital = new(MostQueued);
    private readonly Thread[] threads;
    private int disposed;

    /// <summary>When a search for the database was last given up; 0 when none was.</summary>
    private long unreachableAt;

    /// <param name="connectionString">As the operator wrote it.</param>
    /// <param name="options">How many threads, how long to wait.</param>
    /// <param name="time">For the time that work waits for a thread.</param>
    /// <exception cref="StartupException">The connection string cannot be used.</exception>
    public MongoConnection(string connectionString, MongoOptions options, TimeProvider time)
    {
        this.time = time;
        operationTimeout = options.OperationTimeout;
        uri = new MongoUri(connectionString, operationTimeout);
        using var error = new NativeError();
        pool = MongoLibrary.mongoc_client_pool_new_with_error(uri.Handle, error.Address);
        if (pool == 0)
        {
            uri.Dispose();
            throw new StartupException($"ConnectionStrings:MongoDb cannot be used: {MongoUri.Conceal(error.Message, connectionString)}");
        }

        MongoLibrary.mongoc_client_pool_set_error_api(pool, ErrorApi);
        MongoLibrary.mongoc_client_pool_max_size(pool, (uint)options.Connections + 1);
        shared = [new(MostQueued), new(MostQueued)];
        threads =
        [
            .. Enumerable.Range(1, options.Connections).Select(number => Start($"MongoDB {number}", shared)),
            Start("MongoDB leases", [vital]),
        ];
    }

    /// <summary>The database that the connection string names, else <c>timers</c>.</summary>
    public string Database => uri.Database;

    /// <summary>Runs work on a connection.</summary>
    /// <param name="lane">Who goes first.</param>
    /// <param name="work">Runs on one of the threads; may still run on when the caller has stopped waiting.</param>
    /// <param name="cancellationToken">Ends the waiting; work that has not begun is not begun.</param>
    /// <exception cref="StoreUnavailableException">No answer in time, or the database could not be reached.</exception>
    public Task<T> RunAsync<T>(MongoLane lane, Func<MongoSession, T> work, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        var queued = new Work<T>(work, time.GetTimestamp(), cancellationToken);
        try
        {
            if (!Queue(lane).TryAdd(queued))
            {
                queued.Refuse("The database does not keep up with what is asked of it.");
            }
        }
        catch (InvalidOperationException)
        {
            queued.Refuse("The service is stopping.");
        }

        return queued.Task;
    }

    /// <summary>Does what is queued, then closes.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }

        foreach (var queue in shared.Append(vital))
        {
            queue.CompleteAdding();
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }

        MongoLibrary.mongoc_client_pool_destroy(pool);
        uri.Dispose();
        foreach (var queue in shared.Append(vital))
        {
            queue.Dispose();
        }
    }

    private BlockingCollection<Work> Queue(MongoLane lane) => lane switch
    {
        MongoLane.Vital => vital,
        MongoLane.Runner => shared[0],
        _ => shared[1],
    };

    private Thread Start(string name, BlockingCollection<Work>[] queues)
    {
        var thread = new Thread(() => Serve(queues)) { IsBackground = true, Name = name };
        thread.Start();
        return thread;
    }

    private void Serve(BlockingCollection<Work>[] queues)
    {
        var client = MongoLibrary.mongoc_client_pool_pop(pool);
        using (var session = new MongoSession(client, uri.Database, operationTimeout))
        {
            while (TryTake(queues, out var work))
            {
                if (work.QueuedAt < Volatile.Read(ref unreachableAt))
                {
                    // The search that was given up while it waited was its own too: who comes last does not wait for one after the other.
                    work.Refuse(MongoFailures.Unreachable);
                }
                else if (time.GetElapsedTime(work.QueuedAt) > operationTimeout)
                {
                    work.Refuse("The database does not keep up with what is asked of it.");
                }
                else if (work.Run(session) is { } failure && MongoFailures.IsUnreachable(failure))
                {
                    Volatile.Write(ref unreachableAt, time.GetTimestamp());
                }
            }
        }

        MongoLibrary.mongoc_client_pool_push(pool, client);
    }

    private static bool TryTake(BlockingCollection<Work>[] queues, out Work work)
    {
        if (queues.Length == 1)
        {
            return queues[0].TryTake(out work!, Timeout.Infinite);
        }

        try
        {
            // In the order of the lanes where several have work.
            return BlockingCollection<Work>.TryTakeFromAny(queues, out work!, Timeout.Infinite) >= 0;
        }
        catch (ArgumentException)
        {
            // One is closed; what is left in either is still done.
            return queues[0].TryTake(out work!) || queues[1].TryTake(out work!);
        }
    }

    private abstract class Work(long queuedAt)
    {
        public long QueuedAt { get; } = queuedAt;

        /// <summary>What it failed with; null when it did not.</summary>
        public abstract Exception? Run(MongoSession session);

        public abstract void Refuse(string reason);
    }

    private sealed class Work<T> : Work
    {
        private readonly Func<MongoSession, T> work;
        private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenRegistration registration;

        public Work(Func<MongoSession, T> work, long queuedAt, CancellationToken cancellationToken)
            : base(queuedAt)
        {
            this.work = work;
            registration = cancellationToken.Register(() => completion.TrySetCanceled(cancellationToken));
        }

        public Task<T> Task => completion.Task;

        public override Exception? Run(MongoSession session)
        {
            if (completion.Task.IsCompleted)
            {
                return null;
            }

            try
            {
                completion.TrySetResult(work(session));
                return null;
            }
            catch (Exception error)
            {
                completion.TrySetException(error);
                return error;
            }
            finally
            {
                registration.Dispose();
            }
        }

        public override void Refuse(string reason)
        {
            registration.Dispose();
            completion.TrySetException(new StoreUnavailableException(WriteOutcome.Refused, reason));
        }
    }
}
