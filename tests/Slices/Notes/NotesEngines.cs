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

        if (engines.Store == StoreEngine.MongoDb)
        {
            engines.Services.AddSingleton<INoteStore, MongoNoteStore>();
        }
        else
        {
            engines.Services.AddSqliteNotes();
        }

        engines.AddMessages(NoteMessages.Written).AddMessages(NoteMessages.Erased);
    }

    private static void AddSqliteNotes(this IServiceCollection services)
    {
        services.AddSqliteFile(NoteMessages.Topic, SqliteNoteStore.Schema);
        services.AddSingleton<INoteStore>(provider =>
            new SqliteNoteStore(provider.GetRequiredKeyedService<SqliteFile>(NoteMessages.Topic)));
        services.AddEngineCheck("notes", provider =>
            new SqliteReadiness(provider.GetRequiredKeyedService<SqliteFile>(NoteMessages.Topic)));
    }
}
