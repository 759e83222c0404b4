using Contracts.Access;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Access.Sqlite;

/// <summary>The audit in a file of its own, <c>audit.db</c>.</summary>
internal sealed class SqliteAuditStore(SqliteFiles files) : IAuditStore
{
    private const string Columns = "id, at, tenant, actor, key_id, action, target, before, after, address, outcome";

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS audit (
            id TEXT NOT NULL PRIMARY KEY,
            at INTEGER NOT NULL,
            tenant TEXT NOT NULL,
            actor TEXT NOT NULL,
            key_id TEXT,
            action TEXT NOT NULL,
            target TEXT NOT NULL,
            before TEXT,
            after TEXT,
            address TEXT,
            outcome INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS audit_tenant ON audit (tenant, id);
        CREATE TRIGGER IF NOT EXISTS audit_is_kept BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'the audit is append-only'); END;
        """;

    private readonly Lazy<SqliteFile> file = new(() => files.Open("audit", connection => connection.Execute(Schema)));

    public Task AddAsync(AuditEntry entry, CancellationToken cancellationToken) => file.Value.Writer.RunAsync(
        WritePriority.Control,
        rows: 1,
        connection => connection.Statement($"INSERT INTO audit ({Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")
            .Bind(1, entry.Id).Bind(2, StoredInstants.ToMilliseconds(entry.At)).Bind(3, entry.Tenant).Bind(4, entry.Actor)
            .Bind(5, entry.KeyId).Bind(6, entry.Action).Bind(7, entry.Target).Bind(8, entry.Before).Bind(9, entry.After)
            .Bind(10, entry.Address).Bind(11, entry.Outcome).Run(),
        cancellationToken);

    public Task<IReadOnlyList<AuditEntry>> ListAsync(AuditQuery query, CancellationToken cancellationToken) =>
        file.Value.ReadAsync<IReadOnlyList<AuditEntry>>(
            connection =>
            {
                var rows = connection.Statement(
                    $"SELECT {Columns} FROM audit WHERE (?1 IS NULL OR tenant = ?1) AND (?2 IS NULL OR at >= ?2) "
                    + "AND (?3 IS NULL OR at < ?3) AND (?4 IS NULL OR key_id = ?4) AND (?5 IS NULL OR action = ?5) "
                    + "AND (?6 IS NULL OR id < ?6) ORDER BY id DESC LIMIT ?7")
                    .Bind(1, query.Tenant).Bind(2, Milliseconds(query.From)).Bind(3, Milliseconds(query.Until)).Bind(4, query.KeyId)
                    .Bind(5, query.Action).Bind(6, query.Before).Bind(7, query.Limit);
                var found = new List<AuditEntry>();
                while (rows.Step())
                {
                    found.Add(new AuditEntry
                    {
                        Id = rows.Text(0),
                        At = StoredInstants.FromMilliseconds(rows.Int64(1)),
                        Tenant = rows.Text(2),
                        Actor = rows.Text(3),
                        KeyId = Text(rows, 4),
                        Action = rows.Text(5),
                        Target = rows.Text(6),
                        Before = Text(rows, 7),
                        After = Text(rows, 8),
                        Address = Text(rows, 9),
                        Outcome = rows.Int32(10),
                    });
                }

                rows.Reset();
                return found;
            },
            cancellationToken);

    public Task<long> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken) => file.Value.Writer.RunAsync(
        WritePriority.Control,
        rows: 1_000,
        connection => (long)connection.Statement("DELETE FROM audit WHERE at < ?1").Bind(1, StoredInstants.ToMilliseconds(before)).Run(),
        cancellationToken);

    private static long? Milliseconds(DateTimeOffset? instant) => instant is { } at ? StoredInstants.ToMilliseconds(at) : null;

    private static string? Text(SqliteStatement row, int column) => row.IsNull(column) ? null : row.Text(column);
}
