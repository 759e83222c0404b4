namespace Infrastructure.Storage.Mongo;

/// <summary>Indexes that one part of the program needs; <see cref="MongoIndexer"/> creates them.</summary>
/// <param name="Create">
/// Creates missing indexes and leaves existing ones alone. One command each: if one takes longer than a time-out, the next attempt
/// goes on from there.
/// </param>
internal sealed record MongoIndexes(Func<MongoRows, Task> Create);
