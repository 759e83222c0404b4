using System.Globalization;
using MongoDB.Bson;

namespace Infrastructure.Storage.Mongo;

/// <summary>Sums of 64-bit integers that cannot overflow, as Decimal128: exact up to 34 digits, which is 10^15 of the largest.</summary>
internal static class MongoSums
{
    public static BsonDecimal128 Write(Int128 sum) => new(Decimal128.Parse(sum.ToString(CultureInfo.InvariantCulture)));

    public static Int128 Read(BsonValue value) => value.BsonType switch
    {
        BsonType.Int64 => value.AsInt64,
        BsonType.Int32 => value.AsInt32,

        // Written out in full; a server may give it an exponent, which then only shortens zeros.
        _ => (Int128)System.Numerics.BigInteger.Parse(
            value.AsDecimal128.ToString(), NumberStyles.AllowLeadingSign | NumberStyles.AllowExponent | NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture),
    };
}
