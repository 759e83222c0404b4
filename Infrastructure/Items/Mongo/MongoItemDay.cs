using Contracts.Items;

namespace Infrastructure.Items.Mongo;

/// <summary>What is compared at once: one statistic of one day.</summary>
/// <param name="Tenant">The tenant's key, in hexadecimal digits.</param>
/// <param name="What">The statistic.</param>
/// <param name="Day">The day's number.</param>
internal sealed record MongoItemDay(string Tenant, ItemStatistic What, long Day);
