namespace Infrastructure.Storage.Mongo;

/// <summary>Indexes that one part of the program needs; <see cref="MongoIndexer"/> makes them.</summary>
/// <param name="Create">
/// Makes what is missing and leaves alone what is there. One command each: where making one takes longer than a time-out, the next attempt
/// goes on from there.
/// </param>
internal sealed record MongoIndexes(Func<MongoRows, Task> Create);
