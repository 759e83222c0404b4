using Client.Slices;
using Infrastructure.Storage.Sqlite;

namespace Tests.Slices.Notes;

/// <summary>Notes in the command line.</summary>
internal sealed class NotesClient : ClientSlice
{
    public override SliceCheck Check { get; } = new(NoteMessages.Topic, Find);

    private static IEnumerable<string> Find(SqliteConnection connection)
    {
        var rows = connection.Statement("SELECT note FROM notes WHERE text = ''");
        while (rows.Step())
        {
            yield return $"The note '{rows.Text(0)}' is empty.";
        }

        rows.Reset();
    }
}
