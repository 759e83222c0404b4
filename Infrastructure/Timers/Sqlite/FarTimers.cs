using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Timers.Sqlite;

/// <summary>Which scheduled timers stand in the index on due instants, and how the others get there.</summary>
/// <remarks>
/// Timers due after tomorrow stand in an index by day, which is cheaper to fill. A day ahead they move, in steps that block nobody. After a
/// stop of more than a day, or a step of the clock, timers that are due may still be there: what a claim asks for then moves at once.
/// </remarks>
internal sealed class FarTimers(SqliteFile file, DateTimeOffset now)
{
    private const int RowsPerStep = 1_000;

    /// <summary>Rows that one claim moves, at most.</summary>
    private const int MaxFound = 100_000;

    /// <summary>What falls due within this time moves along, so that the next claims need not search again.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(10);

    // Written on the writer's thread only. Timers due on this day or sooner stand in the index on due instants when they are stored.
    private long nearDay = Day(StoredInstants.ToMilliseconds(now)) + 1;

    // The last day of which no timer is left in the index by day; not known at the start.
    private long movedThrough = -1;
    private long claimableUntil = long.MinValue;

    /// <summary>The state of a timer that is scheduled for an instant. Called on the writer's thread.</summary>
    public int CodeOf(long nextAt) => Day(nextAt) <= nearDay ? TimerSchema.Near : TimerSchema.Far;

    /// <summary>Moves a step of those that fall due by tomorrow.</summary>
    /// <returns>Whether more of them may be left.</returns>
    public async Task<bool> MoveStepAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var today = Day(StoredInstants.ToMilliseconds(now));
        var (moved, through) = await file.Writer.RunAsync(
            today > Volatile.Read(ref movedThrough) ? WritePriority.Claims : WritePriority.Upkeep,
            RowsPerStep,
            connection =>
            {
                Advance(today);
                var count = connection.Statement(
                    "UPDATE timers SET state = 2 WHERE seq IN "
                    + "(SELECT seq FROM timers INDEXED BY timers_far WHERE state = 3 AND next_at / 86400000 <= ?1 LIMIT ?2)")
                    .Bind(1, nearDay).Bind(2, RowsPerStep).Run();
                return (count, nearDay);
            },
            cancellationToken);
        if (moved == RowsPerStep)
        {
            return true;
        }

        Volatile.Write(ref movedThrough, through);
        return false;
    }

    /// <summary>Makes what is due between two instants claimable; nearly always it is.</summary>
    public async Task EnsureClaimableAsync(DateTimeOffset after, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var last = StoredInstants.ToMilliseconds(until);
        if (Day(last) <= Volatile.Read(ref movedThrough) || last <= Volatile.Read(ref claimableUntil))
        {
            return;
        }

        var first = StoredInstants.ToLowerBound(after);
        last += (long)Ahead.TotalMilliseconds;
        if (Volatile.Read(ref nearDay) <= Day(last))
        {
            // First, so that none is stored as far while others are searched for.
            await file.Writer.RunAsync(
                WritePriority.Claims,
                rows: 0,
                connection =>
                {
                    Advance(Day(last));
                    return true;
                },
                cancellationToken);
        }

        var found = await file.ReadForRunnerAsync(connection => Find(connection, first, last), cancellationToken);
        foreach (var step in found.Chunk(RowsPerStep))
        {
            await file.Writer.RunAsync(WritePriority.Claims, step.Length, connection => Move(connection, step), cancellationToken);
        }

        if (found.Count < MaxFound)
        {
            // Else some are left, and the next claim searches for them.
            Volatile.Write(ref claimableUntil, last);
        }
    }

    private static List<long> Find(SqliteConnection connection, long first, long last)
    {
        var rows = connection.Statement(
            "SELECT seq FROM timers INDEXED BY timers_far "
            + "WHERE state = 3 AND next_at / 86400000 BETWEEN ?1 AND ?2 AND next_at > ?3 AND next_at <= ?4 LIMIT ?5")
            .Bind(1, Day(first)).Bind(2, Day(last)).Bind(3, first).Bind(4, last).Bind(5, MaxFound);
        var found = new List<long>();
        while (rows.Step())
        {
            found.Add(rows.Int64(0));
        }

        rows.Reset();
        return found;
    }

    private static int Move(SqliteConnection connection, long[] found)
    {
        foreach (var seq in found)
        {
            connection.Statement("UPDATE timers SET state = 2 WHERE seq = ?1 AND state = 3").Bind(1, seq).Run();
        }

        return found.Length;
    }

    /// <summary>A clock that is set back must not make far again what new timers were near to.</summary>
    private void Advance(long today) => Volatile.Write(ref nearDay, Math.Max(nearDay, today + 1));

    private static long Day(long milliseconds) => milliseconds / TimerSchema.MillisecondsPerDay;
}
