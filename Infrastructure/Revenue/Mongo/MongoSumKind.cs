namespace Infrastructure.Revenue.Mongo;

/// <summary>What a document of sums covers. The numbers are part of keys.</summary>
internal enum MongoSumKind
{
    /// <summary>The minutes of an hour.</summary>
    Hour = 0,

    /// <summary>The days of a month.</summary>
    Month = 1,

    /// <summary>All time: a user's balances.</summary>
    Balance = 2,
}
