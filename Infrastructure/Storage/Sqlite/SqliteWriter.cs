using System.Collections.Concurrent;
using Contracts.Storage;

namespace Infrastructure.Storage.Sqlite;

/// <summary>The only writer of a file: a thread that runs queued work in priority order and commits it in groups.</summary>
/// <remarks>
/// While a commit is being synced, work queues up; the next transaction takes all of it, so that all of it shares the cost of one sync.
/// Work that fails is rolled back alone.
/// </remarks>
internal sealed class SqliteWriter : IDisposable
{
    /// <summary>
    /// Number of transactions after which upkeep goes first for once: under continuous load it would otherwise never run, and the log would
    /// grow without end.
    /// </summary>
    private const int MaxBeforeUpkeep = 20;

    private readonly SqliteConnection connection;
    private readonly Func<string?> findLoss;
    private readonly Action<SqliteFailureException> failed;
    private readonly ConcurrentQueue<Work>[] queues =
        [.. Enum.GetValues<WritePriority>().Select(_ => new ConcurrentQueue<Work>())];

    private readonly Lock gate = new();
    private readonly AutoResetEvent queued = new(initialState: false);
    private readonly Thread thread;
    private int passedOver;
    private Work? setAside;
    private volatile bool stopping;
    private volatile Failure? lastFailure;

    /// <param name="connection">The connection of the file's writer, in its transaction.</param>
    /// <param name="name">The file's, for its thread.</param>
    /// <param name="findLoss">Why nothing that is committed would be there after a restart; null as long as it would.</param>
    /// <param name="failed">Told of each failure of SQLite, on the writer's thread.</param>
    /// <param name="maxRows">Rows after which a transaction is committed, so that later work never waits long.</param>
    public SqliteWriter(
        SqliteConnection connection, string name, Func<string?> findLoss, Action<SqliteFailureException> failed, int maxRows)
    {
        MaxRows = maxRows;
        this.connection = connection;
        this.findLoss = findLoss;
        this.failed = failed;
        thread = new Thread(Run) { IsBackground = true, Name = $"SQLite writer of {name}" };
        thread.Start();
    }

    /// <summary>Rows after which a transaction is committed.</summary>
    public int MaxRows { get; }

    /// <summary>Why a transaction failed recently, such as a full disk; null if none failed.</summary>
    public string? FailureWithin(TimeSpan time) =>
        lastFailure is { } failure && TimeProvider.System.GetElapsedTime(failure.At) < time ? failure.Message : null;

    /// <summary>Runs the work inside a transaction; completes when that is durable.</summary>
    /// <param name="priority">Which work goes first.</param>
    /// <param name="rows">Approximate number of rows that it writes, to limit the size of transactions.</param>
    /// <param name="work">Runs on the writer's thread; may be rolled back after it ran, so it must not touch anything but the file.</param>
    /// <param name="cancellationToken">Withdraws work that has not begun.</param>
    public Task<T> RunAsync<T>(WritePriority priority, int rows, Func<SqliteConnection, T> work, CancellationToken cancellationToken) =>
        Enqueue(new Work<T>(work, rows, alone: false, cancellationToken), priority);

    /// <summary>Runs work that must not run inside a transaction.</summary>
    public Task<T> RunAloneAsync<T>(WritePriority priority, Func<SqliteConnection, T> work, CancellationToken cancellationToken) =>
        Enqueue(new Work<T>(work, 0, alone: true, cancellationToken), priority);

    /// <summary>Finishes the queued work, then stops.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            stopping = true;
            queued.Set();
        }

        thread.Join();
        queued.Dispose();
    }

    private Task<T> Enqueue<T>(Work<T> work, WritePriority priority)
    {
        // Either it is queued before the stop is seen, and runs, or it is refused: it is never left waiting.
        lock (gate)
        {
            if (stopping)
            {
                return Task.FromException<T>(new StoreUnavailableException(WriteOutcome.Refused, "The service is stopping."));
            }

            queues[(int)priority].Enqueue(work);
            queued.Set();
        }

        return work.Task;
    }

    private void Run()
    {
        var group = new List<Work>();
        while (true)
        {
            // Read before the queues are: one more pass finds what was queued before the stop.
            var last = stopping;
            if (!TryTakeFirst(out var first))
            {
                if (last)
                {
                    return;
                }

                queued.WaitOne();
                continue;
            }

            if (first.Alone)
            {
                first.TryExecute(connection, out _);
                first.Complete();
                continue;
            }

            RunGroup(first, group);
            group.Clear();
        }
    }

    private void RunGroup(Work first, List<Work> group)
    {
        var committing = false;
        try
        {
            // Added to the group before the transaction begins: if that fails, the caller is told.
            group.Add(first);
            ThrowIfLost(WriteOutcome.Refused);
            connection.Statement("BEGIN IMMEDIATE").Run();
            RunInSavepoint(first);
            var rows = first.Rows;
            while (rows < MaxRows && TryTakeGrouped(out var next))
            {
                group.Add(next);
                rows += next.Rows;
                RunInSavepoint(next);
            }

            committing = true;
            connection.Statement("COMMIT").Run();
            ThrowIfLost(WriteOutcome.Unknown);
        }
        catch (SqliteFailureException failure)
        {
            failed(failure);
            Undo();
            FailAll(group, failure.ToUnavailable(committing));
        }
        catch (StoreUnavailableException lost)
        {
            FailAll(group, lost);
        }

        foreach (var work in group)
        {
            work.Complete();
        }
    }

    private void ThrowIfLost(WriteOutcome outcome)
    {
        if (findLoss() is { } loss)
        {
            throw new StoreUnavailableException(outcome, loss);
        }
    }

    private void FailAll(List<Work> group, StoreUnavailableException failure)
    {
        lastFailure = new Failure(TimeProvider.System.GetTimestamp(), failure.Message);
        foreach (var work in group)
        {
            work.Fail(failure);
        }
    }

    private void RunInSavepoint(Work work)
    {
        connection.Statement("SAVEPOINT work").Run();
        if (!work.TryExecute(connection, out var failure))
        {
            if (failure is SqliteFailureException sqlite)
            {
                failed(sqlite);
            }

            if (connection.IsAutoCommit)
            {
                // SQLite has rolled everything back by itself, for example on a full disk or an I/O error.
                throw failure as SqliteFailureException ?? new SqliteFailureException(SQLitePCL.raw.SQLITE_ABORT, failure.Message);
            }

            connection.Statement("ROLLBACK TO work").Run();
        }

        connection.Statement("RELEASE work").Run();
    }

    private void Undo()
    {
        try
        {
            if (!connection.IsAutoCommit)
            {
                connection.Statement("ROLLBACK").Run();
            }
        }
        catch (SqliteFailureException)
        {
            // The next BEGIN reports what is wrong, to those who wait then.
        }
    }

    private bool TryTakeFirst([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Work? work)
    {
        if (setAside is not null)
        {
            (work, setAside) = (setAside, null);
            return true;
        }

        var upkeep = queues[(int)WritePriority.Upkeep];
        passedOver = upkeep.IsEmpty ? 0 : passedOver + 1;
        if (passedOver > MaxBeforeUpkeep)
        {
            passedOver = 0;
            return TryTake([upkeep], out work) || TryTake(queues, out work);
        }

        return TryTake(queues, out work);
    }

    private static bool TryTake(ConcurrentQueue<Work>[] queues, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Work? work)
    {
        foreach (var queue in queues)
        {
            while (queue.TryDequeue(out work))
            {
                if (!work.TakenBack)
                {
                    return true;
                }
            }
        }

        work = null;
        return false;
    }

    private bool TryTakeGrouped([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Work? work)
    {
        // Not peeked at: a ConcurrentQueue keeps what it has shown, and with it the contents of thousands of rows.
        if (!TryTake(queues, out work))
        {
            return false;
        }

        if (work.Alone)
        {
            (setAside, work) = (work, null);
            return false;
        }

        return true;
    }

    private sealed record Failure(long At, string Message);

    private abstract class Work(int rows, bool alone)
    {
        public int Rows { get; } = rows;

        public bool Alone { get; } = alone;

        public abstract bool TakenBack { get; }

        public abstract bool TryExecute(
            SqliteConnection connection, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out Exception? failure);

        public abstract void Fail(Exception failure);

        public abstract void Complete();
    }

    private sealed class Work<T>(Func<SqliteConnection, T> work, int rows, bool alone, CancellationToken cancellationToken)
        : Work(rows, alone)
    {
        private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T result = default!;
        private Exception? failed;

        public Task<T> Task => done.Task;

        public override bool TakenBack => cancellationToken.IsCancellationRequested && done.TrySetCanceled(cancellationToken);

        public override bool TryExecute(
            SqliteConnection connection, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out Exception? failure)
        {
            try
            {
                result = work(connection);
                failure = null;
                return true;
            }
#pragma warning disable CA1031 // An exception from the work belongs to its caller, not to this thread.
            catch (Exception error)
#pragma warning restore CA1031
            {
                connection.ResetAll();
                failure = error;
                failed = error is SqliteFailureException { IsDefect: false } sqlite ? sqlite.ToUnavailable(committing: false) : error;
                return false;
            }
        }

        public override void Fail(Exception failure) => failed ??= failure;

        public override void Complete()
        {
            if (failed is null)
            {
                done.TrySetResult(result);
            }
            else
            {
                done.TrySetException(failed);
            }
        }
    }
}
