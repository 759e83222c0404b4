using MongoDB.Bson;

namespace Infrastructure.Storage.Mongo;

/// <summary>How rows are found; null means the server's default.</summary>
/// <param name="Fields">Fields to return, or to leave out; null for all.</param>
/// <param name="Sort">Fields with 1 or -1.</param>
/// <param name="Limit">Maximum number of rows.</param>
/// <param name="BatchSize">Rows per reply. One more than there can be saves asking whether there are more.</param>
internal readonly record struct MongoFind(BsonDocument? Fields = null, BsonDocument? Sort = null, int? Limit = null, int? BatchSize = null);
