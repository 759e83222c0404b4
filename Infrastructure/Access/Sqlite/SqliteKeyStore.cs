using Contracts.Access;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Access.Sqlite;

/// <summary>Keys in a file of their own, <c>keys.db</c>.</summary>
internal sealed class SqliteKeyStore(SqliteFiles files) : IKeyStore
{
    /// <summary>Separates the parts of a list; none of them has one.</summary>
    private const char Separator = '\n';

    private const string Columns = "id, tenant, name, scopes, hash, previous_hash, previous_until, created_at, changed_at, expires_at, "
        + "revoked_at, last_used_at, addresses, site, origins, version";

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS keys (
            id TEXT NOT NULL PRIMARY KEY,
            tenant TEXT NOT NULL,
            name TEXT NOT NULL,
            scopes TEXT NOT NULL,
            hash BLOB NOT NULL,
            previous_hash BLOB NOT NULL,
            previous_until INTEGER,
            created_at INTEGER NOT NULL,
            changed_at INTEGER NOT NULL,
            expires_at INTEGER,
            revoked_at INTEGER,
            last_used_at INTEGER,
            addresses TEXT NOT NULL,
            site TEXT,
            origins TEXT NOT NULL,
            version INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS keys_changed ON keys (changed_at);
        CREATE INDEX IF NOT EXISTS keys_tenant ON keys (tenant, id);
        """;

    private readonly Lazy<SqliteFile> file = new(() => files.Open("keys", connection => connection.Execute(Schema)));

    public Task<bool> TryAddAsync(ApiKey key, CancellationToken cancellationToken) => file.Value.Writer.RunAsync(
        WritePriority.Control,
        rows: 1,
        connection => Bind(
            connection.Statement(
                $"INSERT INTO keys ({Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) "
                + "ON CONFLICT (id) DO NOTHING"),
            key).Run() == 1,
        cancellationToken);

    public Task<ApiKey?> FindAsync(string id, CancellationToken cancellationToken) => file.Value.ReadAsync(
        connection => ReadAll(connection.Statement($"SELECT {Columns} FROM keys WHERE id = ?1").Bind(1, id)) is [var key] ? key : null,
        cancellationToken);

    public Task<IReadOnlyList<ApiKey>> ReadChangedAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        file.Value.ReadAsync<IReadOnlyList<ApiKey>>(
            connection => ReadAll(connection.Statement($"SELECT {Columns} FROM keys WHERE changed_at >= ?1")
                .Bind(1, StoredInstants.ToLowerBound(since))),
            cancellationToken);

    public Task<IReadOnlyList<ApiKey>> ListAsync(string? tenant, string? after, int limit, CancellationToken cancellationToken) =>
        file.Value.ReadAsync<IReadOnlyList<ApiKey>>(
            connection => ReadAll(connection.Statement(
                $"SELECT {Columns} FROM keys WHERE (?1 IS NULL OR tenant = ?1) AND id > ?2 ORDER BY id LIMIT ?3")
                .Bind(1, tenant).Bind(2, after ?? string.Empty).Bind(3, limit)),
            cancellationToken);

    public Task<bool> TryReplaceAsync(ApiKey read, ApiKey changed, CancellationToken cancellationToken) => file.Value.Writer.RunAsync(
        WritePriority.Control,
        rows: 1,
        connection => Bind(
            connection.Statement(
                "UPDATE keys SET tenant = ?2, name = ?3, scopes = ?4, hash = ?5, previous_hash = ?6, previous_until = ?7, created_at = ?8, "
                + "changed_at = ?9, expires_at = ?10, revoked_at = ?11, addresses = ?13, site = ?14, "
                + "origins = ?15, version = ?16 + 1 WHERE id = ?1 AND version = ?16"),
            changed with { Id = read.Id, Version = read.Version }).Run() == 1,
        cancellationToken);

    public Task NoteUseAsync(IReadOnlyDictionary<string, DateTimeOffset> uses, CancellationToken cancellationToken) =>
        uses.Count == 0 ? Task.CompletedTask : file.Value.Writer.RunAsync(
            WritePriority.Control,
            rows: uses.Count,
            connection =>
            {
                var update = connection.Statement(
                    "UPDATE keys SET last_used_at = ?2 WHERE id = ?1 AND (last_used_at IS NULL OR last_used_at < ?2)");
                foreach (var (id, at) in uses)
                {
                    update.Bind(1, id).Bind(2, StoredInstants.ToMilliseconds(at)).Run();
                }

                return true;
            },
            cancellationToken);

    private static SqliteStatement Bind(SqliteStatement row, ApiKey key) => row
        .Bind(1, key.Id).Bind(2, key.Tenant).Bind(3, key.Name).Bind(4, Join(key.Scopes)).Bind(5, key.Hash.Span)
        .Bind(6, key.PreviousHash.Span).Bind(7, Milliseconds(key.PreviousUntil))
        .Bind(8, StoredInstants.ToMilliseconds(key.CreatedAt)).Bind(9, StoredInstants.ToMilliseconds(key.ChangedAt))
        .Bind(10, Milliseconds(key.ExpiresAt)).Bind(11, Milliseconds(key.RevokedAt)).Bind(12, Milliseconds(key.LastUsedAt))
        .Bind(13, Join(key.Addresses)).Bind(14, key.Site).Bind(15, Join(key.Origins)).Bind(16, key.Version);

    private static List<ApiKey> ReadAll(SqliteStatement rows)
    {
        var found = new List<ApiKey>();
        while (rows.Step())
        {
            found.Add(new ApiKey
            {
                Id = rows.Text(0),
                Tenant = rows.Text(1),
                Name = rows.Text(2),
                Scopes = Split(rows.Text(3)),
                Hash = rows.Blob(4).ToArray(),
                PreviousHash = rows.Blob(5).ToArray(),
                PreviousUntil = Instant(rows, 6),
                CreatedAt = StoredInstants.FromMilliseconds(rows.Int64(7)),
                ChangedAt = StoredInstants.FromMilliseconds(rows.Int64(8)),
                ExpiresAt = Instant(rows, 9),
                RevokedAt = Instant(rows, 10),
                LastUsedAt = Instant(rows, 11),
                Addresses = Split(rows.Text(12)),
                Site = rows.IsNull(13) ? null : rows.Text(13),
                Origins = Split(rows.Text(14)),
                Version = rows.Int64(15),
            });
        }

        rows.Reset();
        return found;
    }

    private static long? Milliseconds(DateTimeOffset? instant) => instant is { } at ? StoredInstants.ToMilliseconds(at) : null;

    private static DateTimeOffset? Instant(SqliteStatement row, int column) =>
        row.IsNull(column) ? null : StoredInstants.FromMilliseconds(row.Int64(column));

    private static string Join(IReadOnlyList<string> parts) => string.Join(Separator, parts);

    private static string[] Split(string parts) => parts.Length == 0 ? [] : parts.Split(Separator);
}
