using MongoDB.Bson.IO;
using MongoDB.Bson.Serialization;
using MongoDB.Bson.Serialization.Attributes;
using MongoDB.Bson.Serialization.Serializers;

namespace Infrastructure.Storage.Mongo;

/// <summary>
/// A row to be inserted, which writes itself straight into the command: there are too many to build a document for each first.
/// </summary>
[BsonSerializer(typeof(MongoRowSerializer))]
internal abstract class MongoRow
{
    /// <summary>Writes the fields.</summary>
    public abstract void Write(IBsonWriter writer);

    private sealed class MongoRowSerializer : SerializerBase<MongoRow>
    {
        public override void Serialize(BsonSerializationContext context, BsonSerializationArgs args, MongoRow value)
        {
            context.Writer.WriteStartDocument();
            value.Write(context.Writer);
            context.Writer.WriteEndDocument();
        }
    }
}
