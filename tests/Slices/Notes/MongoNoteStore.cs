using Contracts.Messaging;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Tests.Slices.Notes;

internal sealed class MongoNoteStore(MongoConnection connection) : INoteStore
{
    private const string Notes = "notes";

    public Task WriteAsync(IReadOnlyList<Received<NoteWritten>> notes, CancellationToken cancellationToken) => RunAsync(
        notes,
        each => new UpdateOneModel<BsonDocument>(
            new BsonDocument("_id", KeyOf(each.Tenant, each.Message.Note)),
            new BsonDocument("$set", new BsonDocument("text", each.Message.Text)))
        {
            IsUpsert = true,
        },
        cancellationToken);

    public Task EraseAsync(IReadOnlyList<Received<NoteErased>> notes, CancellationToken cancellationToken) => RunAsync(
        notes,
        each => new DeleteOneModel<BsonDocument>(new BsonDocument("_id", KeyOf(each.Tenant, each.Message.Note))),
        cancellationToken);

    public Task<string?> FindAsync(string tenant, string note, CancellationToken cancellationToken) => connection.RunAsync(
        MongoLane.Clients,
        async rows => (await rows.FindAsync(Notes, new BsonDocument("_id", KeyOf(tenant, note)))) is [var found] ? found["text"].AsString
            : null,
        cancellationToken);

    private static string KeyOf(string tenant, string note) => $"{tenant}|{note}";

    private Task RunAsync<T>(
        IReadOnlyList<Received<T>> notes, Func<Received<T>, WriteModel<BsonDocument>> write, CancellationToken cancellationToken) =>
        connection.RunAsync(MongoLane.Clients, rows => rows.UpdateAsync(Notes, [.. notes.Select(write)]), cancellationToken);
}
