using Contracts.Timers;
using Infrastructure.Storage.Sqlite;
using Infrastructure.Timers.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>A file of schema 3, which remembers no erased timers, is upgraded in place.</summary>
public sealed class SqliteTimersBeforeErasureTests
{
    private readonly FakeTimeProvider clock = Clocks.AtNoon();

    [Test]
    public async Task Timers_of_before_can_be_erased()
    {
        using var folder = new TemporaryFolder();
        var (created, other) = (ATimer.New().CreatedAt(Clocks.Noon.AddMinutes(-1)).Build(), ATimer.New().Build());
        using (var store = new SqliteTimerStore(folder.File("timers.db"), clock))
        {
            await store.AddAsync([created, other], default);
        }

        using (var before = new SqliteConnection(folder.File("timers.db"), readOnly: false))
        {
            before.Execute($"{SqliteTimersBeforeExpiryTests.ToSchema4} DROP TABLE erased; PRAGMA user_version = 3");
        }

        using var upgraded = new SqliteTimerStore(folder.File("timers.db"), clock);
        var row = (await upgraded.FindAsync([created.TimerId], default)).Single();
        var cancelled = row with { State = TimerState.Cancelled, Version = 2 };
        Assert.That(await upgraded.TryReplaceAsync(row, cancelled, default), Is.True);
        Assert.That(await upgraded.TryEraseAsync(cancelled, Clocks.Noon, default), Is.True);
        await upgraded.AddAsync([created], default);

        Assert.That((await upgraded.FindAsync([created.TimerId, other.TimerId], default)).Single().Key, Is.EqualTo(other.TimerId));
    }
}
