using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tests.Producer;

/// <summary>Checks values against schemas: of JSON Schema 2020-12 what the API document uses.</summary>
internal static class JsonSchema
{
    /// <summary>Null when the schema allows the value, else where it does not.</summary>
    public static string? Check(OpenApiDocument document, JsonElement schema, JsonElement value, string path = "$")
    {
        var resolved = document.Resolve(schema);
        if (resolved.ValueKind is JsonValueKind.True)
        {
            return null;
        }

        foreach (var keyword in resolved.EnumerateObject())
        {
            if (CheckKeyword(document, resolved, keyword.Name, keyword.Value, value, path) is { } wrong)
            {
                return wrong;
            }
        }

        return null;
    }

    private static string? CheckKeyword(
        OpenApiDocument document, JsonElement schema, string keyword, JsonElement operand, JsonElement value, string path)
    {
        string? Require(bool holds) => holds ? null : $"{path}: {keyword} {operand.GetRawText()}";
        string? Alternatives(int least, int most)
        {
            var fitting = operand.EnumerateArray().Count(choice => Check(document, choice, value, path) is null);
            return Require(fitting >= least && fitting <= most);
        }

        return (keyword, value.ValueKind) switch
        {
            ("type", _) => Require(Types(operand).Any(type => IsOf(type, value))),
            ("enum", _) => Require(operand.EnumerateArray().Any(word => JsonElement.DeepEquals(word, value))),
            ("oneOf", _) => Alternatives(1, 1),
            ("anyOf", _) => Alternatives(1, int.MaxValue),
            ("not", _) => Require(Check(document, operand, value, path) is not null),
            ("minimum", JsonValueKind.Number) => Require(value.GetDouble() >= operand.GetDouble()),
            ("maximum", JsonValueKind.Number) => Require(value.GetDouble() <= operand.GetDouble()),
            ("minLength", JsonValueKind.String) => Require(value.GetString()!.Length >= operand.GetInt32()),
            ("maxLength", JsonValueKind.String) => Require(value.GetString()!.Length <= operand.GetInt32()),
            ("pattern", JsonValueKind.String) => Require(
                Regex.IsMatch(value.GetString()!, operand.GetString()!, RegexOptions.None, TimeSpan.FromSeconds(1))),
            ("minItems", JsonValueKind.Array) => Require(value.GetArrayLength() >= operand.GetInt32()),
            ("maxItems", JsonValueKind.Array) => Require(value.GetArrayLength() <= operand.GetInt32()),
            ("items", JsonValueKind.Array) => value.EnumerateArray()
                .Select((item, i) => Check(document, operand, item, $"{path}[{i}]")).FirstOrDefault(wrong => wrong is not null),
            ("minProperties", JsonValueKind.Object) => Require(value.GetPropertyCount() >= operand.GetInt32()),
            ("maxProperties", JsonValueKind.Object) => Require(value.GetPropertyCount() <= operand.GetInt32()),
            ("required", JsonValueKind.Object) =>
                Require(operand.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _))),
            ("properties", JsonValueKind.Object) => value.EnumerateObject().Where(field => operand.TryGetProperty(field.Name, out _))
                .Select(field => Check(document, operand.GetProperty(field.Name), field.Value, $"{path}.{field.Name}"))
                .FirstOrDefault(wrong => wrong is not null),
            ("additionalProperties", JsonValueKind.Object) => Others(schema, value)
                .Select(field => operand.ValueKind == JsonValueKind.False
                    ? $"{path}.{field.Name} is unknown"
                    : Check(document, operand, field.Value, $"{path}.{field.Name}"))
                .FirstOrDefault(wrong => wrong is not null),
            _ => null,
        };
    }

    public static IEnumerable<string> Types(JsonElement type) =>
        type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(one => one.GetString()!) : [type.GetString()!];

    private static IEnumerable<JsonProperty> Others(JsonElement schema, JsonElement value) => value.EnumerateObject().Where(
        field => !schema.TryGetProperty("properties", out var known) || !known.TryGetProperty(field.Name, out _));

    private static bool IsOf(string type, JsonElement value) => (type, value.ValueKind) switch
    {
        ("null", JsonValueKind.Null) or ("string", JsonValueKind.String) or ("number", JsonValueKind.Number) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) or ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) =>
            true,
        ("integer", JsonValueKind.Number) => double.IsInteger(value.GetDouble()),
        _ => false,
    };
}
