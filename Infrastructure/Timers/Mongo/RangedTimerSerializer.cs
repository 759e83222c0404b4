using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Bson.Serialization;
using MongoDB.Bson.Serialization.Serializers;

namespace Infrastructure.Timers.Mongo;

/// <summary>Reads the results of an index range in place.</summary>
internal sealed class RangedTimerSerializer : SerializerBase<RangedTimer>
{
    public static readonly RangedTimerSerializer Instance = new();

    private RangedTimerSerializer()
    {
    }

    public override RangedTimer Deserialize(BsonDeserializationContext context, BsonDeserializationArgs args)
    {
        var reader = context.Reader;
        Guid key = default;
        long nextAt = 0;
        var size = 0;
        reader.ReadStartDocument();
        while (reader.ReadBsonType() != BsonType.EndOfDocument)
        {
            switch (reader.ReadName())
            {
                case "_id": key = reader.ReadBinaryData().ToGuid(GuidRepresentation.Standard); break;
                case "nextAt": nextAt = Int64Serializer.Instance.Deserialize(context); break;
                case "size": size = Int32Serializer.Instance.Deserialize(context); break;
                default: reader.SkipValue(); break;
            }
        }

        reader.ReadEndDocument();
        return new RangedTimer(key, nextAt, size);
    }
}
