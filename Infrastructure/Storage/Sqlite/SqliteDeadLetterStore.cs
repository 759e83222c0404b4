using Contracts.Common;
using Contracts.Messaging;

namespace Infrastructure.Storage.Sqlite;

/// <summary>Dead letters in a separate file, created when the first one is stored or looked up.</summary>
internal sealed class SqliteDeadLetterStore(SqliteFiles files) : IDeadLetterStore
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS dead_letters (
            tenant TEXT NOT NULL,
            id TEXT NOT NULL,
            topic TEXT NOT NULL,
            type TEXT NOT NULL,
            message_key TEXT NOT NULL,
            epoch BLOB NOT NULL,
            partition INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            reason TEXT NOT NULL,
            exception TEXT NOT NULL,
            died_at INTEGER NOT NULL,
            state INTEGER NOT NULL,
            replays INTEGER NOT NULL,
            version INTEGER NOT NULL,
            content BLOB NOT NULL,
            PRIMARY KEY (tenant, id)
        ) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS dead_letters_latest ON dead_letters (tenant, died_at, id);
        CREATE INDEX IF NOT EXISTS dead_letters_keys ON dead_letters (tenant, topic, message_key, died_at);
        """;

    private const string Summary =
        "tenant, id, topic, type, message_key, epoch, partition, offset, reason, exception, died_at, state, replays, version";
    private const int ContentColumn = 14;

    private readonly Lazy<SqliteFile> file = new(() => files.Open("dead-letters", connection => connection.Execute(Schema)));

    public Task AddAsync(DeadLetter letter, CancellationToken cancellationToken) => file.Value.Writer.RunAsync(
        WritePriority.Outcomes,
        rows: 1,
        connection => Write(
            connection,
            $"INSERT INTO dead_letters ({Summary}, content) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) "
            + "ON CONFLICT (tenant, id) DO UPDATE SET reason = ?9, exception = ?10, died_at = ?11, state = ?12, version = version + 1, "
            + "content = ?15",
            letter),
        cancellationToken);

    public Task<DeadLetter?> FindAsync(string tenant, string id, CancellationToken cancellationToken) => file.Value.ReadAsync(
        connection => Read(connection, tenant, id), cancellationToken);

    public Task<IReadOnlyList<DeadLetter>> FindOpenAsync(
        string tenant, IReadOnlyCollection<string> ids, CancellationToken cancellationToken) =>
        file.Value.ReadAsync<IReadOnlyList<DeadLetter>>(
            connection =>
            {
                var row = connection.Statement($"SELECT {Summary} FROM dead_letters WHERE tenant = ?1 AND id = ?2 AND state = ?3");
                var found = new List<DeadLetter>();
                foreach (var id in ids)
                {
                    row.Bind(1, tenant).Bind(2, id).Bind(3, (long)DeadLetterState.Open);
                    if (row.Step())
                    {
                        found.Add(ReadRow(row));
                    }

                    row.Reset();
                }

                return found;
            },
            cancellationToken);

    public Task<DeadLetter?> FindLatestOpenAsync(string tenant, string topic, string key, CancellationToken cancellationToken) =>
        file.Value.ReadAsync(
            connection =>
            {
                var row = connection.Statement(
                    $"SELECT {Summary} FROM dead_letters WHERE tenant = ?1 AND topic = ?2 AND message_key = ?3 AND state = ?4 "
                    + "ORDER BY died_at DESC LIMIT 1")
                    .Bind(1, tenant).Bind(2, topic).Bind(3, key).Bind(4, (long)DeadLetterState.Open);
                var letter = row.Step() ? ReadRow(row) : null;
                row.Reset();
                return letter;
            },
            cancellationToken);

    public Task<DeadLetterPage> ListAsync(DeadLetterQuery query, CancellationToken cancellationToken) => file.Value.ReadAsync(
        connection =>
        {
            var rows = connection.Statement(
                $"SELECT {Summary} FROM dead_letters WHERE tenant = ?1 AND (died_at, id) < (?2, ?3) AND (?4 IS NULL OR topic = ?4) "
                + "AND (?5 IS NULL OR state = ?5) ORDER BY died_at DESC, id DESC LIMIT ?6")
                .Bind(1, query.Tenant)
                .Bind(2, query.Cursor is { } cursor ? StoredInstants.ToTicks(cursor.DiedAt) : long.MaxValue).Bind(
                    3, query.Cursor?.Id ?? string.Empty)
                .Bind(4, query.Topic).Bind(5, (long?)query.State).Bind(6, query.Limit + 1);
            var items = new List<DeadLetter>();
            while (rows.Step())
            {
                items.Add(ReadRow(rows));
            }

            rows.Reset();
            var page = items.Take(query.Limit).ToList();
            return new DeadLetterPage(page, items.Count > query.Limit ? new DeadLetterCursor(page[^1].DiedAt, page[^1].Id) : null);
        },
        cancellationToken);

    public Task<bool> TryReplaceAsync(DeadLetter read, DeadLetter changed, CancellationToken cancellationToken) =>
        file.Value.Writer.RunAsync(
        WritePriority.Control,
        rows: 1,
        connection => Read(connection, read.Tenant, read.Id)?.Version == read.Version && Write(
            connection,
            $"REPLACE INTO dead_letters ({Summary}, content) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
            changed with { Tenant = read.Tenant, Id = read.Id, Version = read.Version + 1 }),
        cancellationToken);

    public Task<bool> TryDeleteAsync(DeadLetter read, CancellationToken cancellationToken) => file.Value.Writer.RunAsync(
        WritePriority.Control,
        rows: 1,
        connection => connection.Statement("DELETE FROM dead_letters WHERE tenant = ?1 AND id = ?2 AND version = ?3")
            .Bind(1, read.Tenant).Bind(2, read.Id).Bind(3, read.Version).Run() == 1,
        cancellationToken);

    private static bool Write(SqliteConnection connection, string sql, DeadLetter letter) => connection.Statement(sql)
        .Bind(1, letter.Tenant).Bind(2, letter.Id).Bind(3, letter.Topic).Bind(4, letter.Type).Bind(5, letter.Key)
        .Bind(6, letter.Position.Epoch).Bind(7, letter.Position.Partition).Bind(8, letter.Position.Offset)
        .Bind(9, letter.Reason).Bind(10, letter.Exception).Bind(11, StoredInstants.ToTicks(letter.DiedAt))
        .Bind(12, (long)letter.State).Bind(13, letter.Replays).Bind(14, letter.Version).Bind(15, letter.Content.Span).Run() == 1;

    private static DeadLetter? Read(SqliteConnection connection, string tenant, string id)
    {
        var row = connection.Statement($"SELECT {Summary}, content FROM dead_letters WHERE tenant = ?1 AND id = ?2").Bind(1, tenant).Bind(
            2, id);
        var letter = row.Step() ? ReadRow(row) with { Content = row.Blob(ContentColumn).ToArray() } : null;
        row.Reset();
        return letter;
    }

    private static DeadLetter ReadRow(SqliteStatement row) => new()
    {
        Tenant = row.Text(0),
        Id = row.Text(1),
        Topic = row.Text(2),
        Type = row.Text(3),
        Key = row.Text(4),
        Position = new LogPosition(row.Guid(5), row.Int32(6), row.Int64(7)),
        Reason = row.Text(8),
        Exception = row.Text(9),
        DiedAt = StoredInstants.FromTicks(row.Int64(10)),
        State = (DeadLetterState)row.Int32(11),
        Replays = row.Int32(12),
        Version = row.Int64(13),
    };
}
