using System.Text.Json;
using System.Text.Json.Serialization;
using Producer.Http;

namespace Producer.Items;

/// <summary>Source-generated JSON of items.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ItemUserRequest))]
[JsonSerializable(typeof(BaseItemRequest))]
[JsonSerializable(typeof(ItemRequest))]
[JsonSerializable(typeof(TransferRequest))]
[JsonSerializable(typeof(ItemUserResource))]
[JsonSerializable(typeof(BaseItemResource))]
[JsonSerializable(typeof(ItemResource))]
[JsonSerializable(typeof(ItemOwnerResource))]
[JsonSerializable(typeof(TransferList))]
[JsonSerializable(typeof(ItemStatisticsResource))]
[JsonSerializable(typeof(ItemPointResource))]
[JsonSerializable(typeof(SeedUser))]
[JsonSerializable(typeof(SeedBaseItem))]
[JsonSerializable(typeof(SeedItem))]
[JsonSerializable(typeof(SeedPoint[]))]
[JsonSerializable(typeof(SeedBaseItemRequest))]
[JsonSerializable(typeof(SeedItemRequest))]
[JsonSerializable(typeof(SeedOwnership))]
internal sealed partial class ItemResourcesJson : JsonSerializerContext
{
    /// <summary>The context that responses are written with.</summary>
    public static ItemResourcesJson Http { get; } = new(HttpJson.Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web)));
}
