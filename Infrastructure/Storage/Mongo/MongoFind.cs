using MongoDB.Bson;

namespace Infrastructure.Storage.Mongo;

/// <summary>How rows are found; what is null is as the server has it.</summary>
/// <param name="Fields">Fields to give, or to leave out; all.</param>
/// <param name="Sort">Fields and 1 or -1.</param>
/// <param name="Limit">How many at most.</param>
/// <param name="BatchSize">How many an answer. One more than there can be spares the question whether there are more.</param>
internal readonly record struct MongoFind(BsonDocument? Fields = null, BsonDocument? Sort = null, int? Limit = null, int? BatchSize = null);
