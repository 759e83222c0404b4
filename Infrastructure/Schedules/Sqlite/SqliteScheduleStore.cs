using System.Text.Json;
using Contracts.Schedules;
using Infrastructure.Schedules.Common;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Schedules.Sqlite;

/// <summary>Schedules in a SQLite file.</summary>
internal sealed class SqliteScheduleStore(SqliteFile file) : IScheduleStore
{
    private const string Columns = "s.name, s.stamp, s.wake_at, s.progress, d.body, s.tenant";
    private const string Joined = "schedules s JOIN definitions d ON d.schedule = s.id";
    private const int Tenant = 5;

    /// <summary>Rows of one transaction, so that other work never waits long.</summary>
    private const int MaxRows = 500;

    public Task<ScheduleRecord?> FindAsync(string tenant, string name, CancellationToken cancellationToken) => file.ReadAsync(
        connection =>
        {
            var row = connection.Statement($"SELECT {Columns} FROM {Joined} WHERE s.tenant = ?1 AND s.name = ?2")
                .Bind(1, SqliteTenants.Find(connection, tenant)).Bind(2, name);
            var isThere = row.Step();
            var found = isThere ? TryRead(row, tenant) : null;
            row.Reset();
            return found is null && isThere ? throw StoredSchedule.Damaged() : found;
        },
        cancellationToken);

    public Task<SchedulePage> ListAsync(ScheduleQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return file.ReadAsync(
            connection =>
            {
                // From the prefix or behind the last name, whichever is later; a name is as it was put, and compared byte by byte.
                var rows = connection.Statement(
                    $"""
                    SELECT {Columns} FROM {Joined}
                    WHERE s.tenant = ?1 AND s.name > ?2 AND s.name >= ?3 AND s.name < ?3 || char(1114111)
                        AND {(query.State is null ? "s.state <> ?4" : "s.state = ?4")}
                    ORDER BY s.name LIMIT ?5
                    """)
                    .Bind(1, SqliteTenants.Find(connection, query.Tenant)).Bind(2, query.After ?? string.Empty)
                    .Bind(3, query.Prefix ?? string.Empty)
                    .Bind(4, (long)(query.State ?? ScheduleState.Deleting)).Bind(5, query.Limit + 1);
                var found = new List<ScheduleRecord>();
                var (seen, last) = (0, string.Empty);
                while (rows.Step() && ++seen <= query.Limit)
                {
                    last = rows.Text(0);
                    found.AddRange(TryRead(rows, query.Tenant) is { } schedule ? [schedule] : []);
                }

                rows.Reset();
                return new SchedulePage(found, seen > query.Limit ? last : null);
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<ScheduleRecord>> FindDueAsync(
        IReadOnlyList<int>? shards, DateTimeOffset until, int limit, CancellationToken cancellationToken) =>
        file.ReadForRunnerAsync<IReadOnlyList<ScheduleRecord>>(
            connection =>
            {
                var rows = connection.Statement($"SELECT {Columns} FROM {Joined} WHERE s.wake_at <= ?1 ORDER BY s.wake_at LIMIT ?2")
                    .Bind(1, StoredInstants.ToMilliseconds(until)).Bind(2, limit);
                var due = new List<ScheduleRecord>();
                while (rows.Step())
                {
                    var tenant = SqliteTenants.FindName(connection, rows.Int64(Tenant)) ?? string.Empty;
                    due.AddRange(TryRead(rows, tenant) is { } schedule ? [schedule] : []);
                }

                rows.Reset();
                return due;
            },
            cancellationToken);

    public async Task<IReadOnlyList<bool>> WriteAsync(IReadOnlyList<ScheduleWrite> writes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(writes);
        var done = await Task.WhenAll(writes.Chunk(MaxRows).Select(some => file.Writer.RunAsync(
            WritePriority.Control,
            some.Length,
            connection => some.Select(write => Write(connection, write)).ToList(),
            cancellationToken)));
        return [.. done.SelectMany(each => each)];
    }

    public Task<long> CountNamingAsync(string tenant, string calendar, CancellationToken cancellationToken) => file.ReadAsync(
        connection =>
        {
            var row = connection.Statement(
                """
                SELECT count(*) FROM calendar_uses u JOIN schedules s ON s.tenant = u.tenant AND s.name = u.schedule
                WHERE u.tenant = ?1 AND u.calendar = ?2 AND s.state <> ?3
                """)
                .Bind(1, SqliteTenants.Find(connection, tenant)).Bind(2, calendar).Bind(3, (long)ScheduleState.Deleting);
            var count = row.Step() ? row.Int64(0) : 0;
            row.Reset();
            return count;
        },
        cancellationToken);

    public async Task<long> WakeNamingAsync(string tenant, string calendar, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var (total, last) = (0L, string.Empty);
        for (var count = MaxRows; count == MaxRows;)
        {
            var names = await file.Writer.RunAsync(
                WritePriority.Control, MaxRows, connection => WakeNaming(connection, tenant, calendar, at, last), cancellationToken);
            count = names.Count;
            total += count;
            last = count > 0 ? names[^1] : last;
        }

        return total;
    }

    /// <returns>The names of the next ones.</returns>
    private static List<string> WakeNaming(SqliteConnection connection, string tenant, string calendar, DateTimeOffset at, string after)
    {
        var number = SqliteTenants.Find(connection, tenant);
        var rows = connection.Statement(
            "SELECT schedule FROM calendar_uses WHERE tenant = ?1 AND calendar = ?2 AND schedule > ?3 ORDER BY schedule LIMIT ?4")
            .Bind(1, number).Bind(2, calendar).Bind(3, after).Bind(4, MaxRows);
        var names = new List<string>();
        while (rows.Step())
        {
            names.Add(rows.Text(0));
        }

        rows.Reset();
        foreach (var name in names)
        {
            connection.Statement(
                "UPDATE schedules SET stamp = ?3, wake_at = min(coalesce(wake_at, ?4), ?4) WHERE tenant = ?1 AND name = ?2")
                .Bind(1, number).Bind(2, name).Bind(3, Guid.NewGuid()).Bind(4, StoredInstants.ToMilliseconds(at)).Run();
        }

        return names;
    }

    private static bool Write(SqliteConnection connection, ScheduleWrite write)
    {
        if (write.Before is not { } before)
        {
            return Insert(connection, write.After!);
        }

        var tenant = SqliteTenants.Find(connection, before.Tenant);
        if (write.After is not { } after)
        {
            connection.Statement(
                """
                DELETE FROM definitions
                WHERE schedule = (SELECT id FROM schedules WHERE tenant = ?1 AND name = ?2 AND stamp = ?3)
                """)
                .Bind(1, tenant).Bind(2, before.Name).Bind(3, before.Stamp).Run();
            if (connection.Statement("DELETE FROM schedules WHERE tenant = ?1 AND name = ?2 AND stamp = ?3")
                .Bind(1, tenant).Bind(2, before.Name).Bind(3, before.Stamp).Run() == 0)
            {
                return false;
            }

            NoteUses(connection, tenant, before.Name, before.Definition.When.SharedCalendars, []);
            return true;
        }

        var isDone = connection.Statement(
            """
            UPDATE schedules SET stamp = ?4, state = ?5, wake_at = ?6, progress = ?7 WHERE tenant = ?1 AND name = ?2 AND stamp = ?3
            """)
            .Bind(1, tenant).Bind(2, before.Name).Bind(3, before.Stamp).Bind(4, after.Stamp).Bind(5, (long)after.Progress.State)
            .Bind(6, WakeOf(after)).Bind(7, ProgressOf(after)).Run() == 1;
        if (isDone && !ReferenceEquals(before.Definition, after.Definition))
        {
            connection.Statement(
                "UPDATE definitions SET body = ?3 WHERE schedule = (SELECT id FROM schedules WHERE tenant = ?1 AND name = ?2)")
                .Bind(1, tenant).Bind(2, before.Name).Bind(3, DefinitionOf(after)).Run();
            NoteUses(connection, tenant, before.Name, before.Definition.When.SharedCalendars, after.Definition.When.SharedCalendars);
        }

        return isDone;
    }

    private static bool Insert(SqliteConnection connection, ScheduleRecord added)
    {
        var tenant = SqliteTenants.Ensure(connection, added.Tenant);
        var isDone = connection.Statement(
            """
            INSERT OR IGNORE INTO schedules (tenant, name, stamp, state, wake_at, progress) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """)
            .Bind(1, tenant).Bind(2, added.Name).Bind(3, added.Stamp)
            .Bind(4, (long)added.Progress.State).Bind(5, WakeOf(added)).Bind(6, ProgressOf(added)).Run() == 1;
        if (isDone)
        {
            connection.Statement("INSERT INTO definitions (schedule, body) VALUES (?1, ?2)")
                .Bind(1, connection.LastInsertRowId).Bind(2, DefinitionOf(added)).Run();
            NoteUses(connection, tenant, added.Name, [], added.Definition.When.SharedCalendars);
        }

        return isDone;
    }

    private static void NoteUses(
        SqliteConnection connection, long? tenant, string name, IEnumerable<string> before, IEnumerable<string> after)
    {
        if (before.Any())
        {
            connection.Statement("DELETE FROM calendar_uses WHERE tenant = ?1 AND schedule = ?2").Bind(1, tenant).Bind(2, name).Run();
        }

        foreach (var calendar in after)
        {
            connection.Statement("INSERT OR IGNORE INTO calendar_uses (tenant, calendar, schedule) VALUES (?1, ?2, ?3)")
                .Bind(1, tenant).Bind(2, calendar).Bind(3, name).Run();
        }
    }

    private static long? WakeOf(ScheduleRecord record) => record.WakeAt is { } at ? StoredInstants.ToMilliseconds(at) : null;

    private static byte[] ProgressOf(ScheduleRecord record) =>
        JsonSerializer.SerializeToUtf8Bytes(record.Progress, SchedulesJson.Default.ScheduleProgress);

    private static byte[] DefinitionOf(ScheduleRecord record) =>
        JsonSerializer.SerializeToUtf8Bytes(record.Definition, SchedulesJson.Default.ScheduleDefinition);

    private ScheduleRecord? TryRead(SqliteStatement row, string tenant) =>
        StoredSchedule.TryRead(() => row.Text(0), () => Read(row, tenant), file.Damage);

    private static ScheduleRecord Read(SqliteStatement row, string tenant) => new()
    {
        Tenant = tenant,
        Name = row.Text(0),
        Stamp = row.Guid(1),
        WakeAt = row.IsNull(2) ? null : StoredInstants.FromMilliseconds(row.Int64(2)),
        Progress = StoredSchedule.ReadProgress(row.Blob(3)),
        Definition = StoredSchedule.ReadDefinition(row.Blob(4)),
    };
}
