using System.Text.Json.Serialization;

namespace Contracts.Items;

/// <summary>Source-generated JSON of the items' messages. Every released shape stays readable.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(UserCreated))]
[JsonSerializable(typeof(BaseItemCreated))]
[JsonSerializable(typeof(ItemCreated))]
[JsonSerializable(typeof(ItemTransferred))]
[JsonSerializable(typeof(ItemUserErased))]
[JsonSerializable(typeof(ItemHappened))]
public sealed partial class ItemsJson : JsonSerializerContext;
