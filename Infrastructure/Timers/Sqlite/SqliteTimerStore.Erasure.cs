using Contracts.Timers;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Timers.Sqlite;

/// <content>Erased timers, and what is remembered of them.</content>
internal sealed partial class SqliteTimerStore
{
    public Task<bool> TryEraseAsync(TimerRecord read, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (!TimerLifecycle.IsFinished(read.State))
        {
            throw new InvalidOperationException($"A timer that is {read.State} cannot be erased.");
        }

        return file.Writer.RunAsync(
            WritePriority.Control,
            rows: 1,
            connection =>
            {
                if (FindUnchanged(connection, read) is not { } stored)
                {
                    return false;
                }

                var deltas = new CountDeltas();
                Delete(connection, stored.Seq, TimerRows.ToCode(read.State, isNear: true), read.Spec, stored.Tenant, deltas);
                deltas.Write(connection);
                connection.Statement("INSERT OR REPLACE INTO erased (key, at, occurrence) VALUES (?1, ?2, ?3)")
                    .Bind(1, read.Key).Bind(2, StoredInstants.ToTicks(at > read.CreatedAt ? at : read.CreatedAt))
                    .Bind(3, read.Occurrence).Run();
                return true;
            },
            cancellationToken);
    }

    /// <summary>Hardly any timer is erased: one look for a whole transaction spares one for each row.</summary>
    private static bool AnyErased(SqliteConnection connection)
    {
        var statement = connection.Statement("SELECT 1 FROM erased LIMIT 1");
        var any = statement.Step();
        statement.Reset();
        return any;
    }

    /// <summary>The occurrence that a create's timer begins with; null if it was accepted before its key was erased.</summary>
    private static int? NextOccurrence(SqliteConnection connection, TimerScheduled created)
    {
        var statement = connection.Statement("SELECT at, occurrence FROM erased WHERE key = ?1").Bind(1, created.TimerId);
        (long At, int Last)? erased = statement.Step() ? (statement.Int64(0), statement.Int32(1)) : null;
        statement.Reset();
        if (erased is not { } before)
        {
            return 1;
        }

        if (StoredInstants.ToTicks(created.CreatedAt) <= before.At)
        {
            return null;
        }

        // From now on its row shows that the key is taken.
        connection.Statement("DELETE FROM erased WHERE key = ?1").Bind(1, created.TimerId).Run();
        return before.Last + 1;
    }

    private static int ForgetErased(SqliteConnection connection, DateTimeOffset before, int limit) =>
        connection.Statement("DELETE FROM erased WHERE key IN (SELECT key FROM erased WHERE at < ?1 ORDER BY at LIMIT ?2)")
            .Bind(1, StoredInstants.ToTicks(before)).Bind(2, limit).Run();

    private static void Delete(SqliteConnection connection, long seq, int state, TimerSpec spec, long tenant, CountDeltas deltas)
    {
        RemoveTags(connection, tenant, seq, spec);
        connection.Statement("DELETE FROM attempts WHERE timer = ?1").Bind(1, seq).Run();
        connection.Statement("DELETE FROM timers WHERE seq = ?1").Bind(1, seq).Run();
        deltas.Add(tenant, state, -1);
    }
}
