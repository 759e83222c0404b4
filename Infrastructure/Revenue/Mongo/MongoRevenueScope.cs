namespace Infrastructure.Revenue.Mongo;

/// <summary>What is compared at once: all of a user, or a day of all users.</summary>
/// <param name="Key">The scope's key, in hexadecimal digits.</param>
/// <param name="Day">The day; null for all of a user.</param>
internal sealed record MongoRevenueScope(string Key, long? Day);
