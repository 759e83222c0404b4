using Infrastructure;
using Infrastructure.Hosting;
using Infrastructure.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Tests.Slices.Notes;

/// <summary>What notes keep in the engines and send over them.</summary>
internal static class NotesEngines
{
    public static void AddNotes(this EngineBuilder engines)
    {
        if (!engines.TryBegin(NoteMessages.Topic))
        {
            return;
        }

        engines.Services.AddSqliteFile(NoteMessages.Topic, SqliteNoteStore.Schema);
        engines.Services.AddSingleton<INoteStore>(provider =>
            new SqliteNoteStore(provider.GetRequiredKeyedService<SqliteFile>(NoteMessages.Topic)));
        engines.Services.AddSingleton<IReadinessCheck>(provider =>
            new SqliteReadiness(provider.GetRequiredKeyedService<SqliteFile>(NoteMessages.Topic)));
        engines.AddMessages(NoteMessages.Written).AddMessages(NoteMessages.Erased);
    }
}
