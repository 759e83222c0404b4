using System.Globalization;
using Contracts.Revenue;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Revenue.Sqlite;

/// <content>What is yet to be archived.</content>
internal sealed partial class SqliteRevenueStore
{
    public Task<Guid> BindAsync(Guid archive, CancellationToken cancellationToken) => file.Writer.RunAsync(
        WritePriority.Upkeep,
        rows: 1,
        connection =>
        {
            connection.Statement("INSERT INTO archive SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM archive)").Bind(1, archive).Run();
            var row = connection.Statement("SELECT id FROM archive");
            row.Step();
            var bound = new Guid(row.Blob(0), bigEndian: true);
            row.Reset();
            return bound;
        },
        cancellationToken);

    public Task<IReadOnlyList<UnarchivedEntry>> ReadAsync(string? after, int limit, CancellationToken cancellationToken) =>
        file.ReadForRunnerAsync<IReadOnlyList<UnarchivedEntry>>(
            connection => RevenueLedger.ReadUnarchived(connection, after is null ? 0 : Parse(after), limit), cancellationToken);

    public async Task NoteAsync(IReadOnlyList<string> marks, CancellationToken cancellationToken)
    {
        foreach (var some in marks.Chunk(MaxRows))
        {
            await file.Writer.RunAsync(
                WritePriority.Upkeep,
                some.Length,
                connection =>
                {
                    var delete = connection.Statement("DELETE FROM unarchived WHERE id = ?1");
                    foreach (var mark in some)
                    {
                        delete.Bind(1, long.Parse(mark, CultureInfo.InvariantCulture)).Run();
                    }

                    return true;
                },
                cancellationToken);
        }
    }
}
