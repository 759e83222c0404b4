using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Producer.Docs;

/// <summary>The few kinds of values that requests are made of, as schemas.</summary>
internal static class ApiShapes
{
    public static OpenApiSchema Instant() => new() { Type = JsonSchemaType.String, Format = "date-time" };

    public static OpenApiSchema Text(int minLength, int maxLength) => new()
    {
        Type = JsonSchemaType.String,
        MinLength = minLength,
        MaxLength = maxLength,
    };

    public static OpenApiSchema Words(params string[] words) => new() { Type = JsonSchemaType.String, Enum = Values(words) };

    public static OpenApiSchema Whole(int min, int max) => Between(JsonSchemaType.Integer, min, max);

    public static OpenApiSchema Number(double min, double max) => Between(JsonSchemaType.Number, min, max);

    public static OpenApiSchema TextMap(int max) => new()
    {
        Type = JsonSchemaType.Object,
        AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^[\\t -~]*$" },
        MaxProperties = max,
    };

    public static OpenApiSchema List(IOpenApiSchema items, int min, int max) => new()
    {
        Type = JsonSchemaType.Array,
        Items = items,
        MinItems = min,
        MaxItems = max,
    };

    /// <summary>A duration in either form that requests may use. JSON Schema cannot bound one, so examples show the range.</summary>
    public static OpenApiSchema Duration(params string[] examples) => new()
    {
        OneOf =
        [
            new OpenApiSchema { Type = JsonSchemaType.String, Format = "duration", Examples = Values(examples) },
            new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Properties = new Dictionary<string, IOpenApiSchema> { ["hours"] = Part(), ["minutes"] = Part(), ["seconds"] = Part() },
                MinProperties = 1,
                AdditionalPropertiesAllowed = false,
            },
        ],
    };

    public static OpenApiSchema OrNull(this OpenApiSchema schema)
    {
        if (schema.OneOf is { } either)
        {
            either.Insert(0, new OpenApiSchema { Type = JsonSchemaType.Null });
        }
        else
        {
            schema.Type |= JsonSchemaType.Null;
            schema.Enum?.Add(JsonNullSentinel.JsonNull);
        }

        return schema;
    }

    private static OpenApiSchema Part() => new() { Type = JsonSchemaType.Number, Minimum = "0" };

    private static OpenApiSchema Between(JsonSchemaType type, double min, double max) => new()
    {
        Type = type,
        Minimum = min.ToString(CultureInfo.InvariantCulture),
        Maximum = max.ToString(CultureInfo.InvariantCulture),
    };

    private static List<JsonNode> Values(string[] words) => [.. words.Select(word => (JsonNode)JsonValue.Create(word))];
}
