using Contracts.Timers;
using Infrastructure.Timers.Sqlite;
using Tests.Support;

namespace Tests.Contract;

public sealed class SqliteFileTimerStoreTests : TimerStoreContract
{
    protected override ITimerStorage CreateStorage(TimeProvider time) => new SqliteTimerStorage(time, onDisk: true);
}

public sealed class SqliteFileDueTimersTests : DueTimersContract
{
    protected override ITimerStorage CreateStorage(TimeProvider time) => new SqliteTimerStorage(time, onDisk: true);
}

public sealed class SqliteInMemoryTimerStoreTests : TimerStoreContract
{
    protected override ITimerStorage CreateStorage(TimeProvider time) => new SqliteTimerStorage(time, onDisk: false);
}

public sealed class SqliteInMemoryDueTimersTests : DueTimersContract
{
    protected override ITimerStorage CreateStorage(TimeProvider time) => new SqliteTimerStorage(time, onDisk: false);
}

/// <summary>SQLite in a file of a temporary folder, or in memory.</summary>
internal sealed class SqliteTimerStorage : ITimerStorage
{
    private readonly TimeProvider time;
    private readonly TemporaryFolder? folder;
    private SqliteTimerStore store;

    public SqliteTimerStorage(TimeProvider time, bool onDisk)
    {
        this.time = time;
        folder = onDisk ? new TemporaryFolder() : null;
        store = Open();
    }

    public ITimerStore Timers => store;

    public IDueTimers Due => store;

    public void Reopen()
    {
        if (folder is null)
        {
            Assert.Ignore("In memory nothing survives, by design.");
        }

        store.Dispose();
        store = Open();
    }

    public void Dispose()
    {
        store.Dispose();
        folder?.Dispose();
    }

    private SqliteTimerStore Open() => new(folder?.File("timers.db") ?? ":memory:", time);
}
