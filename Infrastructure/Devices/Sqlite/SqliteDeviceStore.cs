using Contracts.Common;
using Contracts.Devices;
using Contracts.Events;
using Contracts.Messaging;
using Infrastructure.Devices.Common;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Devices.Sqlite;

/// <summary>
/// Devices in a SQLite file. A batch and its totals are one transaction, so that each row is counted with it or not at all.
/// </summary>
internal sealed partial class SqliteDeviceStore(SqliteFile file) : IDeviceStore
{
    /// <summary>Rows of one transaction, so that other work never waits long.</summary>
    private const int MaxRows = 1_000;

    public Task AddAsync(IReadOnlyList<Received<ReadingsReceived>> messages, CancellationToken cancellationToken)
    {
        ReceivedReadings.Check(messages);
        return file.IngestAsync(
            messages, each => each.At.Count, static connection => new DeviceBatch(connection), static (batch, each) => batch.Add(each),
            cancellationToken);
    }

    public Task AdjustAsync(IReadOnlyList<Received<ReadingAdjusted>> messages, CancellationToken cancellationToken)
    {
        ReceivedReadings.Check(messages);
        return file.IngestAsync(
            messages, _ => 1, static connection => new DeviceBatch(connection), static (batch, each) => batch.Adjust(each),
            cancellationToken);
    }

    public async Task EraseAsync(IReadOnlyList<Received<DeviceErased>> messages, CancellationToken cancellationToken)
    {
        ReceivedReadings.Check(messages);
        foreach (var message in messages)
        {
            var device = await file.Writer.RunAsync(
                WritePriority.Ingest,
                rows: 1,
                connection =>
                {
                    var begun = DeviceErasure.Begin(connection, message);
                    file.Log.Advance(connection, message.Position);
                    return begun;
                },
                cancellationToken);

            // Of a service that is killed meanwhile, the purge goes on with it.
            while (device is { } number && await file.Writer.RunAsync(
                WritePriority.Ingest, MaxRows, connection => DeviceErasure.Continue(connection, number, MaxRows), cancellationToken)
                == MaxRows)
            {
            }
        }
    }

    public Task<IReadOnlyList<EventSource?>> FindSourcesAsync(
        string tenant, IReadOnlyList<(string Device, long At)> readings, CancellationToken cancellationToken) =>
        file.ReadAsync<IReadOnlyList<EventSource?>>(
            connection =>
            {
                var found = new EventSource?[readings.Count];
                var statement = connection.Statement("SELECT log, offset, item FROM readings WHERE device = ?1 AND at = ?2");
                (string Name, long? Id)? device = null;
                var sources = new SqliteSourceReader(connection);
                for (var i = 0; i < found.Length; i++)
                {
                    if (device?.Name != readings[i].Device)
                    {
                        device = (readings[i].Device, DeviceRows.Find(connection, tenant, readings[i].Device)?.Id);
                    }

                    if (device.Value.Id is not { } id)
                    {
                        continue;
                    }

                    statement.Bind(1, id).Bind(2, readings[i].At);
                    if (statement.Step())
                    {
                        found[i] = sources.Read(statement);
                    }

                    statement.Reset();
                }

                return found;
            },
            cancellationToken);

    public Task<EventSource?> FindAdjustmentAsync(
        string tenant, string device, long at, string eventId, CancellationToken cancellationToken) =>
        file.ReadAsync(
            connection =>
            {
                if (DeviceRows.Find(connection, tenant, device) is not { } found)
                {
                    return (EventSource?)null;
                }

                var row = connection.Statement("SELECT log, offset FROM adjustments WHERE device = ?1 AND at = ?2 AND event = ?3")
                    .Bind(1, found.Id).Bind(2, at).Bind(3, eventId);
                EventSource? source = row.Step()
                    ? new EventSource(SqliteSources.PositionOf(connection, row.Int64(0), row.Int64(1)), 0)
                    : null;
                row.Reset();
                return source;
            },
            cancellationToken);

    public Task<IReadOnlyList<StoredAdjustment>> ReadAdjustmentsAsync(
        string tenant, string device, AdjustmentRange range, CancellationToken cancellationToken) =>
        file.ReadAsync(connection => DeviceAdjustments.Read(connection, tenant, device, range), cancellationToken);

    public Task<LogPosition?> FindErasureAsync(string tenant, string device, CancellationToken cancellationToken) =>
        file.ReadAsync(connection => DeviceErasure.Find(connection, tenant, device), cancellationToken);

    public Task<DeviceRecord?> FindAsync(string tenant, string device, CancellationToken cancellationToken) =>
        file.ReadAsync(connection => Find(connection, tenant, device), cancellationToken);

    public Task<IReadOnlyList<StoredReading>> ReadAsync(
        string tenant, string device, ReadingRange range, CancellationToken cancellationToken) =>
        file.ReadAsync(connection => DeviceReadings.Read(connection, tenant, device, range), cancellationToken);

    public Task<IReadOnlyList<DeviceRecord>> FindAsync(
        string tenant, IReadOnlyList<string> devices, CancellationToken cancellationToken) =>
        file.ReadAsync<IReadOnlyList<DeviceRecord>>(
            connection => [.. devices.Select(device => Find(connection, tenant, device)).OfType<DeviceRecord>()], cancellationToken);

    public Task<DevicePage> ListAsync(string tenant, DeviceQuery query, CancellationToken cancellationToken) =>
        file.ReadAsync(
            connection =>
            {
                if (SqliteTenants.Find(connection, tenant) is not { } number)
                {
                    return new DevicePage([], null);
                }

                var limit = query.Limit;
                var rows = query.Tag is { } tag
                    ? connection.Statement(
                        $"""
                        SELECT {DeviceRows.Columns} FROM
                            (SELECT device, name AS listed FROM tags WHERE tenant = ?1 AND tag = ?4 AND name > ?2 ORDER BY name LIMIT ?3)
                            CROSS JOIN devices ON id = device
                        ORDER BY listed
                        """).Bind(4, tag)
                    : connection.Statement(
                        $"SELECT {DeviceRows.Columns} FROM devices WHERE tenant = ?1 AND name > ?2 ORDER BY name LIMIT ?3");
                rows.Bind(1, number).Bind(2, query.After ?? string.Empty).Bind(3, limit + 1);
                var items = new List<DeviceRecord>();
                while (rows.Step())
                {
                    items.Add(DeviceRows.Read(rows));
                }

                rows.Reset();
                if (items.Count <= limit)
                {
                    return new DevicePage(items, null);
                }

                items.RemoveAt(limit);
                return new DevicePage(items, items[^1].Id);
            },
            cancellationToken);

    public Task<long> FindPurgedAsync(CancellationToken cancellationToken) => file.ReadAsync(DeviceBatch.ReadPurged, cancellationToken);

    private static DeviceRecord? Find(SqliteConnection connection, string tenant, string device)
    {
        if (SqliteTenants.Find(connection, tenant) is not { } number)
        {
            return null;
        }

        var row = connection.Statement($"SELECT {DeviceRows.Columns} FROM devices WHERE tenant = ?1 AND name = ?2")
            .Bind(1, number).Bind(2, device);
        var found = row.Step() ? DeviceRows.Read(row) : null;
        row.Reset();
        return found;
    }
}
