using Contracts.Messaging;
using Infrastructure.Storage.Sqlite;

namespace Tests.Slices.Notes;

internal sealed class SqliteNoteStore(SqliteFile file) : INoteStore
{
    public static void Schema(SqliteConnection connection) => connection.Execute(
        "CREATE TABLE IF NOT EXISTS notes (tenant TEXT NOT NULL, note TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (tenant, note)) "
            + "WITHOUT ROWID");

    public Task WriteAsync(IReadOnlyList<Received<NoteWritten>> notes, CancellationToken cancellationToken) => RunAsync(
        notes,
        (connection, each) => connection.Statement("REPLACE INTO notes VALUES (?1, ?2, ?3)")
            .Bind(1, each.Tenant).Bind(2, each.Message.Note).Bind(3, each.Message.Text).Run(),
        cancellationToken);

    public Task EraseAsync(IReadOnlyList<Received<NoteErased>> notes, CancellationToken cancellationToken) => RunAsync(
        notes,
        (connection, each) => connection.Statement("DELETE FROM notes WHERE tenant = ?1 AND note = ?2")
            .Bind(1, each.Tenant).Bind(2, each.Message.Note).Run(),
        cancellationToken);

    public Task<string?> FindAsync(string tenant, string note, CancellationToken cancellationToken) => file.ReadAsync(
        connection =>
        {
            var row = connection.Statement("SELECT text FROM notes WHERE tenant = ?1 AND note = ?2").Bind(1, tenant).Bind(2, note);
            var text = row.Step() ? row.Text(0) : null;
            row.Reset();
            return text;
        },
        cancellationToken);

    private Task RunAsync<T>(
        IReadOnlyList<Received<T>> notes, Action<SqliteConnection, Received<T>> run, CancellationToken cancellationToken) =>
        file.Writer.RunAsync(
            WritePriority.Ingest,
            notes.Count,
            connection =>
            {
                foreach (var each in notes)
                {
                    run(connection, each);
                }

                file.Log.Advance(connection, notes[^1].Position);
                return true;
            },
            cancellationToken);
}
