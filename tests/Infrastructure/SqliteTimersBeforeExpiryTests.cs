using Contracts.Timers;
using Infrastructure.Storage.Sqlite;
using Infrastructure.Timers.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>A file of schema 4, whose timers never expire, is upgraded in place.</summary>
public sealed class SqliteTimersBeforeExpiryTests
{
    /// <summary>Takes away what schema 5 has more than schema 4.</summary>
    public const string ToSchema4 = "DROP INDEX timers_expiring; ALTER TABLE timers DROP COLUMN expires_at; PRAGMA user_version = 4;";

    private readonly FakeTimeProvider clock = Clocks.AtNoon();

    [Test]
    public async Task Timers_of_before_never_expire_and_can_be_given_an_expiry()
    {
        using var folder = new TemporaryFolder();
        var created = ATimer.New().Build();
        using (var store = new SqliteTimerStore(folder.File("timers.db"), clock))
        {
            await store.AddAsync([created], default);
        }

        using (var before = new SqliteConnection(folder.File("timers.db"), readOnly: false))
        {
            before.Execute(ToSchema4);
        }

        using var upgraded = new SqliteTimerStore(folder.File("timers.db"), clock);
        var row = (await upgraded.FindAsync([created.TimerId], default)).Single();
        Assert.That(row.ExpiresAt, Is.Null);
        var paused = (row with
        {
            State = TimerState.Paused,
            Spec = row.Spec with { MaxAge = TimeSpan.FromMinutes(1) },
            Version = 2,
        }).Expiring();
        Assert.That(await upgraded.TryReplaceAsync(row, paused, default), Is.True);

        Assert.That(await upgraded.ExpireAsync(Clocks.Noon.AddMinutes(1), 10, default), Has.Count.EqualTo(1));
    }
}
