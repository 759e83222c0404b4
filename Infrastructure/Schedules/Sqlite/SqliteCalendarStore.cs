using System.Text.Json;
using Contracts.Schedules;
using Infrastructure.Schedules.Common;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Schedules.Sqlite;

/// <summary>Calendars in the schedules' SQLite file.</summary>
internal sealed class SqliteCalendarStore(SqliteFile file) : ICalendarStore
{
    private const string Columns = "name, stamp, is_deleted, wake_at, content, tenant";
    private const int Tenant = 5;

    public Task<CalendarRecord?> FindAsync(string tenant, string name, CancellationToken cancellationToken) => file.ReadAsync(
        connection => Find(connection, tenant, name, out var isThere)
            ?? (isThere ? throw StoredSchedule.DamagedCalendar() : (CalendarRecord?)null),
        cancellationToken);

    public Task<IReadOnlyList<CalendarRecord>> FindAsync(
        string tenant, IReadOnlyCollection<string> names, CancellationToken cancellationToken) =>
        file.ReadAsync<IReadOnlyList<CalendarRecord>>(
            connection => [.. names.Select(name => Find(connection, tenant, name, out _)).OfType<CalendarRecord>()],
            cancellationToken);

    public Task<CalendarPage> ListAsync(CalendarQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return file.ReadAsync(
            connection =>
            {
                var rows = connection.Statement(
                    """
                    SELECT name, excluded, included, created_at, changed_at FROM calendars
                    WHERE tenant = ?1 AND name > ?2 AND is_deleted = 0 ORDER BY name LIMIT ?3
                    """)
                    .Bind(1, SqliteTenants.Find(connection, query.Tenant)).Bind(2, query.After ?? string.Empty).Bind(3, query.Limit + 1);
                var found = new List<CalendarSummary>();
                while (rows.Step())
                {
                    found.Add(new CalendarSummary(
                        rows.Text(0), rows.Int32(1), rows.Int32(2), StoredInstants.FromMilliseconds(rows.Int64(3)),
                        StoredInstants.FromMilliseconds(rows.Int64(4))));
                }

                rows.Reset();
                var items = found.Take(query.Limit).ToList();
                return new CalendarPage(items, found.Count > query.Limit ? items[^1].Name : null);
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<CalendarRecord>> FindDueAsync(DateTimeOffset until, int limit, CancellationToken cancellationToken) =>
        file.ReadForRunnerAsync<IReadOnlyList<CalendarRecord>>(
            connection =>
            {
                var rows = connection.Statement($"SELECT {Columns} FROM calendars WHERE wake_at <= ?1 ORDER BY wake_at LIMIT ?2")
                    .Bind(1, StoredInstants.ToMilliseconds(until)).Bind(2, limit);
                var due = new List<CalendarRecord>();
                while (rows.Step())
                {
                    var tenant = SqliteTenants.FindName(connection, rows.Int64(Tenant)) ?? string.Empty;
                    due.AddRange(TryRead(rows, tenant) is { } calendar ? [calendar] : []);
                }

                rows.Reset();
                return due;
            },
            cancellationToken);

    public Task<bool> WriteAsync(CalendarRecord? before, CalendarRecord? after, CancellationToken cancellationToken) =>
        file.Writer.RunAsync(WritePriority.Control, 1, connection => Write(connection, before, after), cancellationToken);

    private CalendarRecord? Find(SqliteConnection connection, string tenant, string name, out bool isThere)
    {
        var row = connection.Statement($"SELECT {Columns} FROM calendars WHERE tenant = ?1 AND name = ?2")
            .Bind(1, SqliteTenants.Find(connection, tenant)).Bind(2, name);
        isThere = row.Step();
        var found = isThere ? TryRead(row, tenant) : null;
        row.Reset();
        return found;
    }

    private static bool Write(SqliteConnection connection, CalendarRecord? before, CalendarRecord? after)
    {
        if (before is null)
        {
            return Insert(connection, after!);
        }

        var tenant = SqliteTenants.Find(connection, before.Tenant);
        if (after is null)
        {
            return connection.Statement("DELETE FROM calendars WHERE tenant = ?1 AND name = ?2 AND stamp = ?3")
                .Bind(1, tenant).Bind(2, before.Name).Bind(3, before.Stamp).Run() == 1;
        }

        var isDone = connection.Statement(
            "UPDATE calendars SET stamp = ?4, is_deleted = ?5, wake_at = ?6 WHERE tenant = ?1 AND name = ?2 AND stamp = ?3")
            .Bind(1, tenant).Bind(2, before.Name).Bind(3, before.Stamp).Bind(4, after.Stamp).Bind(5, after.IsDeleted ? 1 : 0)
            .Bind(6, WakeOf(after)).Run() == 1;
        if (isDone && !ReferenceEquals(before.Content, after.Content))
        {
            Bind(
                connection.Statement(
                    """
                    UPDATE calendars SET content = ?3, excluded = ?4, included = ?5, created_at = ?6, changed_at = ?7
                    WHERE tenant = ?1 AND name = ?2
                    """)
                    .Bind(1, tenant).Bind(2, before.Name),
                after.Content).Run();
        }

        return isDone;
    }

    private static bool Insert(SqliteConnection connection, CalendarRecord added) => Bind(
        connection.Statement(
            """
            INSERT OR IGNORE INTO calendars
                (tenant, name, content, excluded, included, created_at, changed_at, stamp, is_deleted, wake_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            """)
            .Bind(1, SqliteTenants.Ensure(connection, added.Tenant)).Bind(2, added.Name),
        added.Content).Bind(8, added.Stamp).Bind(9, added.IsDeleted ? 1 : 0).Bind(10, WakeOf(added)).Run() == 1;

    private static SqliteStatement Bind(SqliteStatement statement, CalendarContent content) => statement
        .Bind(3, JsonSerializer.SerializeToUtf8Bytes(content, SchedulesJson.Default.CalendarContent))
        .Bind(4, content.Excluded.Entries.Count).Bind(5, content.Included.Entries.Count)
        .Bind(6, StoredInstants.ToMilliseconds(content.CreatedAt)).Bind(7, StoredInstants.ToMilliseconds(content.ChangedAt));

    private static long? WakeOf(CalendarRecord record) => record.WakeAt is { } at ? StoredInstants.ToMilliseconds(at) : null;

    private CalendarRecord? TryRead(SqliteStatement row, string tenant) =>
        StoredSchedule.TryReadCalendar(() => row.Text(0), () => Read(row, tenant), file.Damage);

    private static CalendarRecord Read(SqliteStatement row, string tenant) => new()
    {
        Tenant = tenant,
        Name = row.Text(0),
        Stamp = row.Guid(1),
        IsDeleted = row.Int32(2) != 0,
        WakeAt = row.IsNull(3) ? null : StoredInstants.FromMilliseconds(row.Int64(3)),
        Content = StoredSchedule.ReadCalendar(row.Blob(4)),
    };
}
