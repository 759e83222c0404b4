using System.Text.Json;
using System.Text.Json.Serialization;
using ClientLibrary.Json;

namespace ClientLibrary.Items;

/// <summary>JSON of items.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(InstantJson)])]
[JsonSerializable(typeof(NewItemUser))]
[JsonSerializable(typeof(NewBaseItem))]
[JsonSerializable(typeof(NewItem))]
[JsonSerializable(typeof(ItemTransfer))]
[JsonSerializable(typeof(ItemInfo))]
internal sealed partial class ItemsJson : JsonSerializerContext;
