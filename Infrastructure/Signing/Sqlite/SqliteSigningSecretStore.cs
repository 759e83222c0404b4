using Contracts.Signing;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Signing.Sqlite;

/// <summary>Signing secrets, encrypted, in a file of their own, <c>signing.db</c>.</summary>
internal sealed class SqliteSigningSecretStore(SqliteFiles files) : ISigningSecretStore
{
    private const string Columns =
        "id, tenant, destination, sealed, previous_sealed, previous_until, created_at, rotated_at, deleted_at, changed_at, version, "
        + "public_key, previous_public_key";

    private const int SchemaVersion = 1;

    // A file of before there were public keys has the table already, and version 0 like an empty one.
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS signing_secrets (
            id TEXT NOT NULL PRIMARY KEY,
            tenant TEXT NOT NULL,
            destination TEXT,
            sealed BLOB NOT NULL,
            previous_sealed BLOB NOT NULL,
            previous_until INTEGER,
            created_at INTEGER NOT NULL,
            rotated_at INTEGER,
            deleted_at INTEGER,
            changed_at INTEGER NOT NULL,
            version INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS signing_secrets_changed ON signing_secrets (changed_at);
        CREATE INDEX IF NOT EXISTS signing_secrets_tenant ON signing_secrets (tenant, id);
        ALTER TABLE signing_secrets ADD COLUMN public_key BLOB;
        ALTER TABLE signing_secrets ADD COLUMN previous_public_key BLOB;
        """;

    private readonly Lazy<SqliteFile> file = new(() => files.Open(
        "signing", connection => SqliteVersion.Apply(connection, SchemaVersion, "signing secrets", _ => Schema)));

    public Task<bool> TryAddAsync(SigningSecret secret, CancellationToken cancellationToken) => file.Value.Writer.RunAsync(
        WritePriority.Control,
        rows: 1,
        connection => Bind(
            connection.Statement(
                $"INSERT INTO signing_secrets ({Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) "
                + "ON CONFLICT (id) DO NOTHING"),
            secret).Run() == 1,
        cancellationToken);

    public Task<SigningSecret?> FindAsync(string id, CancellationToken cancellationToken) => file.Value.ReadAsync(
        connection => ReadAll(connection.Statement($"SELECT {Columns} FROM signing_secrets WHERE id = ?1").Bind(1, id)) is [var found]
            ? found : null,
        cancellationToken);

    public Task<IReadOnlyList<SigningSecret>> ReadChangedAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        file.Value.ReadAsync<IReadOnlyList<SigningSecret>>(
            connection => ReadAll(connection.Statement($"SELECT {Columns} FROM signing_secrets WHERE changed_at >= ?1")
                .Bind(1, StoredInstants.ToLowerBound(since))),
            cancellationToken);

    public Task<IReadOnlyList<SigningSecret>> ListAsync(
        string tenant, string? after, int limit, CancellationToken cancellationToken) =>
        file.Value.ReadAsync<IReadOnlyList<SigningSecret>>(
            connection => ReadAll(connection.Statement(
                $"SELECT {Columns} FROM signing_secrets WHERE tenant = ?1 AND id > ?2 AND deleted_at IS NULL ORDER BY id LIMIT ?3")
                .Bind(1, tenant).Bind(2, after ?? string.Empty).Bind(3, limit)),
            cancellationToken);

    public Task<bool> TryReplaceAsync(SigningSecret read, SigningSecret changed, CancellationToken cancellationToken) =>
        file.Value.Writer.RunAsync(
            WritePriority.Control,
            rows: 1,
            connection => Bind(
                connection.Statement(
                    "UPDATE signing_secrets SET tenant = ?2, destination = ?3, sealed = ?4, previous_sealed = ?5, previous_until = ?6, "
                    + "created_at = ?7, rotated_at = ?8, deleted_at = ?9, changed_at = ?10, version = ?11 + 1, "
                    + "public_key = ?12, previous_public_key = ?13 "
                    + "WHERE id = ?1 AND version = ?11"),
                changed with { Id = read.Id, Version = read.Version }).Run() == 1,
            cancellationToken);

    public Task<long> PurgeAsync(DateTimeOffset deletedBefore, CancellationToken cancellationToken) => file.Value.Writer.RunAsync(
        WritePriority.Control,
        rows: 1_000,
        connection => (long)connection.Statement("DELETE FROM signing_secrets WHERE deleted_at < ?1")
            .Bind(1, StoredInstants.ToMilliseconds(deletedBefore)).Run(),
        cancellationToken);

    private static SqliteStatement Bind(SqliteStatement row, SigningSecret secret) => row
        .Bind(1, secret.Id).Bind(2, secret.Tenant).Bind(3, secret.Destination).Bind(4, secret.Sealed.Span)
        .Bind(5, secret.PreviousSealed.Span).Bind(6, Milliseconds(secret.PreviousUntil))
        .Bind(7, StoredInstants.ToMilliseconds(secret.CreatedAt)).Bind(8, Milliseconds(secret.RotatedAt))
        .Bind(9, Milliseconds(secret.DeletedAt)).Bind(10, StoredInstants.ToMilliseconds(secret.ChangedAt)).Bind(11, secret.Version)
        .Bind(12, secret.PublicKey.Span).Bind(13, secret.PreviousPublicKey.Span);

    private static List<SigningSecret> ReadAll(SqliteStatement rows)
    {
        var found = new List<SigningSecret>();
        while (rows.Step())
        {
            found.Add(new SigningSecret
            {
                Id = rows.Text(0),
                Tenant = rows.Text(1),
                Destination = rows.IsNull(2) ? null : rows.Text(2),
                Sealed = rows.Blob(3).ToArray(),
                PreviousSealed = rows.Blob(4).ToArray(),
                PreviousUntil = Instant(rows, 5),
                CreatedAt = StoredInstants.FromMilliseconds(rows.Int64(6)),
                RotatedAt = Instant(rows, 7),
                DeletedAt = Instant(rows, 8),
                ChangedAt = StoredInstants.FromMilliseconds(rows.Int64(9)),
                Version = rows.Int64(10),
                PublicKey = rows.IsNull(11) ? default : rows.Blob(11).ToArray(),
                PreviousPublicKey = rows.IsNull(12) ? default : rows.Blob(12).ToArray(),
            });
        }

        rows.Reset();
        return found;
    }

    private static long? Milliseconds(DateTimeOffset? instant) => instant is { } at ? StoredInstants.ToMilliseconds(at) : null;

    private static DateTimeOffset? Instant(SqliteStatement row, int column) =>
        row.IsNull(column) ? null : StoredInstants.FromMilliseconds(row.Int64(column));
}
